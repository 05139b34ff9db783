import http from "k6/http";
const b = __ENV.HTTP;
export default function () {
  const text = http.get(`${b}/base64/aGVsbG8`), binary = http.get(`${b}/base64/aGVsbG8`, { responseType: "binary" }), none = http.get(`${b}/base64/aGVsbG8`, { responseType: "none" });
  console.log(typeof text.body, text.body, binary.body instanceof ArrayBuffer, binary.body.byteLength, String(none.body), none.status);
  console.log(new Uint8Array(http.get(`${b}/image/png`, { responseType: "binary" }).body).slice(1, 4).join(), http.get(`${b}/bytes/1000`, { responseType: "binary" }).body.byteLength);
  console.log(String(http.get(`${b}/status/204`).body), JSON.stringify(http.get(`${b}/bytes/0`).body), String(http.get(`${b}/status/304`).body));
  const bad = http.get(`${b}/get`, { responseType: "nonsense" }); console.log(bad.status, bad.error !== "");
}
