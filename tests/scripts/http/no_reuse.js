// args: --no-connection-reuse
import http from "k6/http";
export default function () {
  console.log(http.get(`${__ENV.HTTP}/get`).timings.connecting > 0, http.get(`${__ENV.HTTP}/get`).timings.connecting > 0);
}
