import http from "k6/http";
const stable = (o) => JSON.stringify(o, o && typeof o === "object" ? Object.keys(o).sort() : null);
const b = __ENV.HTTP;
export default function () {
  const jar = http.cookieJar();
  console.log(jar.set(b, "k", "v"), jar.set(b, "p", "only", { path: "/cookies" }), stable(jar.cookiesForURL(b)), stable(jar.cookiesForURL(`${b}/cookies`)));
  console.log(stable(http.get(`${b}/cookies`).json("cookies")));
  jar.set(b, "old", "x", { expires: "Thu, 01 Jan 2015 00:00:00 GMT" }); jar.set(b, "new", "y", { expires: "Thu, 01 Jan 2099 00:00:00 GMT", max_age: 600 }); jar.set(b, "sec", "z", { secure: true });
  console.log(stable(jar.cookiesForURL(b)));
  http.get(`${b}/cookies/set?fromserver=1`); console.log(JSON.stringify(jar.cookiesForURL(b).fromserver));
  console.log(String(jar.delete(b, "k")), JSON.stringify(jar.cookiesForURL(b).k));
  const own = new http.CookieJar(); own.set(b, "own", "1");
  console.log(JSON.stringify(http.get(`${b}/cookies`, { jar: own }).json("cookies")));
  http.get(`${b}/cookies/set?into=own`, { jar: own }); console.log(JSON.stringify(own.cookiesForURL(b).into), String(jar.cookiesForURL(b).into));
  console.log(String(jar.clear(b)), stable(jar.cookiesForURL(b)));
  console.log(JSON.stringify(jar.cookiesForURL("http://other.example/")));
  jar.set(b, "dup", "1"); jar.set(b, "dup", "2"); console.log(JSON.stringify(jar.cookiesForURL(b).dup));
}
