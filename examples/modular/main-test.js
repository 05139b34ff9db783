// main-test.js - Main test script: configuration and helpers are modules of their own.
//
//   runner target &
//   runner run examples/modular/main-test.js
import http from "k6/http"
import { check, sleep } from "k6"
import { config } from "./config.js"
import { generateRandomUser } from "./utils.js"

export const options = {
  vus: 10,
  duration: "30s",
  thresholds: config.thresholds,
}

export default function () {
  const user = generateRandomUser()

  const response = http.post(`${config.baseUrl}/post`, JSON.stringify(user), {
    headers: { "Content-Type": "application/json" },
    timeout: config.timeout,
  })

  check(response, {
    "status is 200": (r) => r.status === 200,
    "the user arrived": (r) => r.json("json.username") === user.username,
  })

  sleep(1)
}
