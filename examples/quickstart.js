// A first script: requests, checks, a group, a metric of its own, a threshold.
//
//   runner target &
//   runner run examples/quickstart.js
//
// -e BASE_URL=http://... names another server; -u 20 -d 10s asks for more load.
import http from "k6/http";
import { check, group, sleep } from "k6";
import { Trend } from "k6/metrics";

const BASE_URL = __ENV.BASE_URL || "http://127.0.0.1:8080";

const itemsPerPage = new Trend("items_per_page");

export const options = {
  vus: 5,
  duration: "3s",
  thresholds: {
    checks: ["rate>0.99"],
    http_req_failed: ["rate<0.01"],
    http_req_duration: ["p(95)<500"],
  },
};

export default function () {
  group("front page", () => {
    const res = http.get(`${BASE_URL}/get?page=1`);
    check(res, {
      "status is 200": (r) => r.status === 200,
      "the server saw our query": (r) => r.json("args.page") === "1",
    });
  });

  group("data", () => {
    const res = http.get(`${BASE_URL}/json`);
    check(res, { "it is JSON": (r) => r.headers["Content-Type"].startsWith("application/json") });
    itemsPerPage.add(res.json("slideshow.slides").length);

    const sent = http.post(`${BASE_URL}/post`, JSON.stringify({ vu: __VU, iteration: __ITER }), {
      headers: { "Content-Type": "application/json" },
    });
    check(sent, { "the server got our VU": (r) => r.json("json.vu") === __VU });
  });

  sleep(0.1);
}
