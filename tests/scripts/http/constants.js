import http from "k6/http";
export default function () {
  console.log(http.TLS_1_0, http.TLS_1_1, http.TLS_1_2, http.TLS_1_3, http.OCSP_STATUS_GOOD, http.OCSP_STATUS_UNKNOWN, http.OCSP_REASON_KEY_COMPROMISE, http.OCSP_REASON_CERTIFICATE_HOLD);
  console.log(["get", "head", "post", "put", "patch", "del", "options", "request", "asyncRequest", "batch", "url", "file", "cookieJar", "CookieJar", "expectedStatuses", "setResponseCallback"].map((n) => typeof http[n]).join());
}
