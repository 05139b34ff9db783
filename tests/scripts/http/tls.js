// args: --insecure-skip-tls-verify
import http from "k6/http";
export default function () {
  const r = http.get(`${__ENV.HTTPS}/get`); console.log(r.status, r.proto, r.tls_version, r.tls_cipher_suite !== "", r.timings.tls_handshaking > 0, r.ocsp.status);
  const again = http.get(`${__ENV.HTTPS}/get`); console.log(again.timings.tls_handshaking, again.timings.connecting, again.json("url").startsWith("https://"));
  const body = http.post(`${__ENV.HTTPS}/anything`, { a: "1" }); console.log(body.json("form.a"), body.proto);
  console.log(http.batch([1, 2, 3].map((n) => `${__ENV.HTTPS}/anything?n=${n}`)).map((x) => x.json("args.n")).join());
  console.log(http.get(`${__ENV.HTTPS}/redirect/2`).status, http.get(`${__ENV.HTTPS}/gzip`).json("gzipped"), http.get(`${__ENV.HTTPS}/bytes/200000`, { responseType: "binary" }).body.byteLength);
}
