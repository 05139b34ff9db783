import http from "k6/http";
const base = __ENV.HTTP;
const show = (label, r) => { const j = r.json(); console.log(label, r.status, j.method, JSON.stringify(j.args), j.data, JSON.stringify(j.form), JSON.stringify(j.json)); };
export default function () {
  show("get", http.get(`${base}/anything?a=1`));
  show("post", http.post(`${base}/anything`, "raw text"));
  show("put", http.put(`${base}/anything`, JSON.stringify({ a: 1 })));
  show("patch", http.patch(`${base}/anything`, { a: 1 }));
  show("del", http.del(`${base}/anything`, "gone"));
  show("del empty", http.del(`${base}/anything`));
  show("request", http.request("PURGE", `${base}/anything`, "x"));
  show("get null", http.request("GET", `${base}/anything`, null));
  const options = http.options(`${base}/get`); console.log("options", options.status, options.headers["Allow"], JSON.stringify(options.body));
  const head = http.head(`${base}/get`); console.log("head", head.status, JSON.stringify(head.body), head.headers["Content-Type"]);
  show("no body", http.post(`${base}/anything`));
  show("null body", http.post(`${base}/anything`, null));
  show("number in form", http.post(`${base}/anything`, { n: 5, t: true }));
}
