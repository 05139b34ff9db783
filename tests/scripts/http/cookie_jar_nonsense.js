import http from "k6/http";
const b = __ENV.HTTP;
const attempt = (name, act) => { let result; try { result = act(); } catch (e) { result = `thrown ${e.message.split(": ")[0]}`; } console.log(name, typeof result === "string" ? result : JSON.stringify(result)); };
export default function () {
  for (const url of ["", "foo", undefined, null, 5, "ftp://x/", "mailto:a@b", "/x", "//h/x", "ws://h/", "http://a:99999/"]) {
    const jar = new http.CookieJar();
    attempt(`cookiesForURL ${url}`, () => jar.cookiesForURL(url));
    attempt(`set ${url}`, () => [jar.set(url, "a", "b"), jar.cookiesForURL(url)]);
    attempt(`delete ${url}`, () => String(jar.delete(url, "a")));
    attempt(`clear ${url}`, () => String(jar.clear(url)));
  }
  for (const url of ["http://a b/", "http://a:b/", "http://[::1", "http://a/%zz", ":"]) {
    const jar = new http.CookieJar();
    attempt(`set ${url}`, () => jar.set(url, "a", "b"));
    attempt(`delete ${url}`, () => jar.delete(url, "a"));
    attempt(`clear ${url}`, () => jar.clear(url));
  }
  attempt("no arguments", () => [new http.CookieJar().cookiesForURL(), new http.CookieJar().set()]);
  attempt("delete without a name", () => new http.CookieJar().delete(b));
  const options = { max_age_0: { max_age: 0 }, max_age_minus: { max_age: -1 }, max_age_text: { max_age: "60" }, other_domain: { domain: "x.test" }, null_domain: { domain: null }, null_path: { path: null }, relative: { path: "x" }, past: { expires: "Mon, 02 Jan 2006 15:04:05 MST" }, future: { expires: "Mon, 02 Jan 2068 15:04:05 MST" }, dashes: { expires: "Mon, 02-Jan-2068 15:04:05 GMT" }, iso: { expires: "2068-01-02T03:04:05Z" }, soon: { expires: "soon" }, null_expires: { expires: null }, empty: { expires: "" }, text: "x", list: [] };
  for (const [name, value] of Object.entries(options)) {
    const jar = new http.CookieJar();
    attempt(name, () => [jar.set(b, "a", "1", value), jar.cookiesForURL(b)]);
  }
  const hosts = ["http://a.h.test/", "http://b.h.test/", "http://h.test/", "http://o.test/"];
  for (const domain of ["h.test", ".h.test", "H.TEST", "a.h.test", "b.h.test", "test", "h.test.", "..h.test", "."]) {
    const jar = new http.CookieJar();
    attempt(`domain ${domain}`, () => [jar.set(hosts[0], "a", "1", { domain }), ...hosts.map((host) => jar.cookiesForURL(host))]);
  }
}
