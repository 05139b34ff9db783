import http from "k6/http";
export default function () {
  const r = http.get(`${__ENV.HTTP}/get?q=1`);
  console.log(r.status, r.status_text, r.proto, r.url, r.remote_ip, r.remote_port === Number(__ENV.HOST.split(":")[1]), JSON.stringify(r.error), r.error_code);
  console.log(Object.keys(r).filter((k) => !["html", "submitForm", "clickLink", "json"].includes(k)).sort().join());
  console.log(Object.keys(r.timings).sort().join(), r.timings.duration > 0, Math.abs(r.timings.duration - (r.timings.sending + r.timings.waiting + r.timings.receiving)) < 0.001, r.timings.looking_up);
  console.log(r.request.method, r.request.url, JSON.stringify(r.request.body), JSON.stringify(r.request.cookies), Array.isArray(r.request.headers["User-Agent"]));
  console.log(JSON.stringify(r.tls_version), JSON.stringify(r.tls_cipher_suite), JSON.stringify(r.ocsp.status), JSON.stringify(r.cookies));
  for (const code of [201, 204, 304, 400, 404, 418, 500, 503]) { const s = http.get(`${__ENV.HTTP}/status/${code}`); console.log(s.status, s.status_text, JSON.stringify(s.error), s.error_code, JSON.stringify(s.body === null ? null : s.body.length)); }
  const posted = http.post(`${__ENV.HTTP}/post`, { a: "b" }); console.log(posted.request.method, posted.request.body, JSON.stringify(posted.request.headers["Content-Type"]));
  console.log(http.get(`${__ENV.HTTP}/encoding/utf8`).body.includes("∮"), http.get(`${__ENV.HTTP}/html`).headers["Content-Type"]);
  console.log(http.get(`${__ENV.HTTP}/stream/3`).body.trim().split("\n").length, http.get(`${__ENV.HTTP}/stream-bytes/5000?chunk_size=7`, { responseType: "binary" }).body.byteLength, http.get(`${__ENV.HTTP}/range/26`).body);
}
