// Test data from a file: read once per run, shared by all virtual users.
//
//   runner target &
//   runner run examples/data-driven.js
import http from "k6/http"
import { SharedArray } from "k6/data"
import { check, sleep } from "k6"

const BASE_URL = __ENV.BASE_URL || "http://127.0.0.1:8080"

// Load test data from CSV
const users = new SharedArray("users", function () {
  return open("./users.csv").trim().split("\n").slice(1) // Skip header
})

export const options = {
  vus: 10,
  duration: "30s",
}

export default function () {
  const user = users[Math.floor(Math.random() * users.length)]
  const [username, password] = user.split(",")

  const response = http.post(`${BASE_URL}/login`, {
    username: username,
    password: password,
  })

  check(response, {
    "login successful": (r) => r.status === 200,
  })

  sleep(1)
}
