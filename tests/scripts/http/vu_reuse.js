// args: -i 2 -u 1
import http from "k6/http";
export default function () { console.log(__ITER, http.get(`${__ENV.HTTP}/get`).timings.connecting > 0); }
