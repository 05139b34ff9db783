import http from "k6/http";
export default function () {
  for (const url of ["http://[::1", "", "not a url", "ftp://x/", "http://", "/relative", "http://a b/"]) {
    const r = http.get(url); console.log(JSON.stringify(url), r.status, url.includes("[") ? r.error_code : "", r.error !== "");
  }
  try { http.get(`http://${__ENV.CLOSED}/`, { throw: true }); console.log("no throw"); } catch (e) { console.log("thrown"); }
  const bad = http.request("BAD METHOD", `${__ENV.HTTP}/get`); console.log(bad.status, bad.error !== "");
}
