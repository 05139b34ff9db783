import http from "k6/http";
const b = __ENV.HTTP;
export default function () {
  for (const fault of ["reset", "reset-early", "close", "truncated", "bad-chunk", "bad-status-line", "bad-header", "bad-length"]) {
    const r = http.get(`${b}/fault/${fault}`); console.log(fault, r.error_code, r.error !== "");
  }
  const bad = http.get("https://" + __ENV.HOST + "/"); console.log("tls to plain", bad.status, bad.error_code, bad.error !== "");
  console.log("afterwards", http.get(`${b}/get`).status);
}
