import http from "k6/http";
const b = __ENV.HTTP, host = __ENV.HOST;
const show = (name, r) => console.log(name, r.status, r.error_code, r.error, r.url);
export default function () {
  for (const url of ["foo", "", "/x", "//h/x", "localhost", "localhost:80/x", "mailto:a@b", "ftp://x/", "ws://x/", "http:", "http://", "http:///x", "http:foo", "?x=1"]) { show(url, http.get(url)); }
  for (const url of ["127.0.0.1:1/x", "::1", "[::1]", ":", "://x", "1http://x/", "ht_tp://x/", " http://x/", "http ://x/", "\thttp://x/", "http://x/\n", "http://a b/", "http://a\u0001/", "http://a:b/", "http://a:-1/", "http://[::1", "http://[::1]x/", "http://[fe80::1%lo]:1/", "http://a%zz/", "http://a%20b/", "http://a\\b/", "http://a{b/", "http://u v@h/", "http://u%zz@h/", "http://h/%zz", "http://h/%2", "http://h/#%zz"]) { show(JSON.stringify(url), http.get(url)); }
  for (const url of ["http://127.0.0.1:99999/", "http://[]/", "http://:80/"]) { const r = http.get(url); console.log(url, r.error_code, r.error); }
  for (const path of ["/anything ", "/anything/a%41 b", "/anything/%2fx", "/anything/\"<>\\^`{|}", "/anything/!$&'()*+,;=:@[]~", "/anything?", "/anything?a=%zz", "/anything#a b", "/anything#", "/anything/../x", "/anything//x"]) { const r = http.get(`${b}${path}`); console.log(path, r.status, r.url); }
  for (const user of ["u:p", "u", ":p", "u:p:q", "u%41:p%2F"]) { const r = http.get(`http://${user}@${host}/anything`); console.log(user, r.status, r.url); }
  show("batch", http.batch(["127.0.0.1:1/x"])[0]);
  show("throw is not read", http.get("http://a b/", { throw: true }));
  try { http.get("foo", { throw: true }); console.log("no throw"); } catch (e) { console.log("thrown", e.message); }
}
