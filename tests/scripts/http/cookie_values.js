import http from "k6/http";
const b = __ENV.HTTP;
const show = (name, value) => console.log(name, typeof value === "string" ? value : JSON.stringify(value));
export default function () {
  const values = { blank: "a b", comma: "a,b", lead: " a", quote: 'a"b', quoted: '"a b"', semicolon: "a;b", backslash: "a\\b", umlaut: "xä", control: "a\u0001\r\nb", empty: "", equals: "a=b", number: 5, fraction: 1.5, nan: NaN, yes: true, no: false, missing: null, undefined, list: ["x", "y"], one: ["x"], map: { value: "v" }, nothing: { value: null }, undef: { value: undefined }, valued: { value: 7 }, noValue: { replace: true }, none: {} };
  const sent = (params) => { const r = http.get(`${b}/headers`, params); return [r.json("headers.Cookie") || "", Object.fromEntries(Object.entries(r.request.cookies).sort())]; };
  for (const [name, value] of Object.entries(values)) {
    const jar = new http.CookieJar();
    show(`param ${name}`, sent({ jar, cookies: { c: value } }));
    if (!Array.isArray(value)) { show(`jar ${name}`, [jar.set(b, "c", value), jar.cookiesForURL(b), ...sent({ jar })]); }
  }
  for (const name of ["a b", " a", "a=b", "a;b", "a\r\nb", "a(b)", ""]) { show(`name ${JSON.stringify(name)}`, sent({ jar: new http.CookieJar(), cookies: { [name]: "v" } })); }
  const control = http.get(`${b}/headers`, { jar: new http.CookieJar(), cookies: { "a\u0001": "v" } });
  show("control in name", [control.status, control.error_code, control.error]);
  const jar = new http.CookieJar();
  show("no value", [jar.set(b, "p"), jar.set(b, "q", null), jar.cookiesForURL(b)]);
  jar.set(b, "c", "jar 1");
  show("besides", sent({ jar, cookies: { c: { value: "own 1", replace: false } } }));
  show("instead", sent({ jar, cookies: { c: { value: "own 1", replace: true } } }));
  for (const header of ["a=1; b", 'a="1 2"', "a=1;;b=2", "a b=1; c=3", '=x; d="']) { show(`header ${header}`, sent({ jar: new http.CookieJar(), headers: { Cookie: header } })); }
  for (const value of ['a="1 2"', "a= 1", "a=1 2", 'a="', "a=b\\c", "a b=1", "a=1; Max-Age=0", "a=1; Max-Age=060", "a=1; Max-Age=+6", 'a=1; Path="/x"', "a=1; Expires=Wed, 21-Oct-2065 07:28:00 PST", "a=1; Expires=Wednesday, 21-Oct-65 07:28:00 GMT", "a=1; Expires=soon", "a=1; Secure=x; HttpOnly; SameSite=Odd", "__Host-a=1; Path=/x"]) {
    const own = new http.CookieJar();
    const r = http.get(`${b}/response-headers?Set-Cookie=${encodeURIComponent(value)}`, { jar: own });
    show(`set ${value}`, [r.cookies, own.cookiesForURL(b), ...sent({ jar: own })]);
  }
}
