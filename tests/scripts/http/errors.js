import http from "k6/http";
const b = __ENV.HTTP;
const show = (label, r) => console.log(label, r.status, r.error_code, label === "bad gzip" ? r.error !== "" : r.error, JSON.stringify(r.body));
export default function () {
  show("refused", http.get(`http://${__ENV.CLOSED}/`));
  show("unknown host", http.get("http://does-not-exist.invalid/"));
  show("timeout", http.get(`${b}/delay/5`, { timeout: 100 }));
  show("timeout text", http.get(`${b}/delay/5`, { timeout: "100ms" }));
  show("bad gzip", http.get(`${b}/fault/bad-gzip`));
  show("untrusted", http.get(`${__ENV.HTTPS}/get`));
  for (const code of [400, 404, 500, 503]) show("status", http.get(`${b}/status/${code}`));
  show("endless", http.get(`${b}/fault/endless`, { timeout: "300ms", responseType: "none" }));
}
