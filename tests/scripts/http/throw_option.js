// args: -i 2 -u 1
import http from "k6/http";
export const options = { throw: true };
export default function () { console.log("before", __ITER); http.get(`http://${__ENV.CLOSED}/`); console.log("never"); }
