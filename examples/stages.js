// Load that grows and shrinks: the number of virtual users follows the stages.
//
//   runner target &
//   runner run examples/stages.js
import http from "k6/http"
import { check, sleep } from "k6"

const BASE_URL = __ENV.BASE_URL || "http://127.0.0.1:8080"

export const options = {
  stages: [
    { duration: "5s", target: 20 }, // Ramp up
    { duration: "10s", target: 20 }, // Hold
    { duration: "5s", target: 0 }, // Ramp down
  ],
  thresholds: {
    http_req_duration: ["p(95)<500"],
    http_req_failed: ["rate<0.01"],
  },
}

export default function () {
  const response = http.get(`${BASE_URL}/get`)

  check(response, {
    "status is 200": (r) => r.status === 200,
    "response time < 200ms": (r) => r.timings.duration < 200,
  })

  sleep(0.5)
}
