// args: --discard-response-bodies
import http from "k6/http";
export default function () {
  console.log(String(http.get(`${__ENV.HTTP}/get`).body), http.get(`${__ENV.HTTP}/get`, { responseType: "text" }).body.length > 10, http.get(`${__ENV.HTTP}/get`).status);
}
