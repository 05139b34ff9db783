// args: --no-vu-connection-reuse -i 2 -u 1
import http from "k6/http";
export default function () {
  console.log(http.get(`${__ENV.HTTP}/get`).timings.connecting > 0, http.get(`${__ENV.HTTP}/get`).timings.connecting > 0);
}
