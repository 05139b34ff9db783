// args: -i 2 -u 1
import http from "k6/http";
const stable = (o) => JSON.stringify(o, o && typeof o === "object" ? Object.keys(o).sort() : null);
const b = __ENV.HTTP;
export default function () {
  console.log("fresh", stable(http.get(`${b}/cookies`).json("cookies")));
  const set = http.get(`${b}/cookies/set?a=1&b=2`); console.log(set.url, stable(set.json("cookies")));
  const raw = http.get(`${b}/cookies/set/c/3`, { redirects: 0 });
  console.log(JSON.stringify(raw.cookies.c.map((c) => [c.name, c.value, c.domain, c.path, c.http_only, c.secure, c.max_age])));
  console.log(stable(http.get(`${b}/cookies`).json("cookies")));
  console.log(stable(http.get(`${b}/cookies`, { cookies: { d: "4" } }).json("cookies")), stable(http.get(`${b}/cookies`).json("cookies")));
  console.log(http.get(`${b}/headers`, { cookies: { a: "override" } }).json("headers.Cookie"));
  console.log(http.get(`${b}/headers`, { cookies: { a: { value: "override", replace: true } } }).json("headers.Cookie"));
  http.get(`${b}/cookies/delete?a`); console.log(stable(http.get(`${b}/cookies`).json("cookies")));
  const sent = http.get(`${b}/cookies`, { cookies: { x: "y" } }); console.log(JSON.stringify(sent.request.cookies.x));
  console.log(http.get(`${b}/headers`, { headers: { Cookie: "manual=1" } }).json("headers.Cookie"));
}
