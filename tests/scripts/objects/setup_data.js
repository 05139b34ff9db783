import http from "k6/http";
import { Counter } from "k6/metrics";
// What the host made can be returned from setup: its methods are left out.
const counter = new Counter("my_counter");
export function setup() {
  const jar = http.cookieJar();
  return { response: http.get(`${__ENV.HTTP}/get?a=1`), jar, list: [http.get(`${__ENV.HTTP}/get?a=2`)] };
}
export default function (data) {
  console.log(data.response.status, JSON.parse(data.response.body).args.a, typeof data.response.json, data.list.length);
  console.log(JSON.stringify(data.jar), data.list[0].status_text.slice(0, 3));
}
