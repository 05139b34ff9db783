// Custom metrics: how long a login takes as the user sees it, and how often it succeeds.
//
//   runner target &
//   runner run examples/login-transaction.js
import http from "k6/http"
import { Trend, Rate, Counter } from "k6/metrics"
import { sleep } from "k6"

// Custom metrics
const loginTransactionDuration = new Trend("login_transaction_duration")
const loginSuccessRate = new Rate("login_success_rate")
const totalLogins = new Counter("total_logins")

export const options = {
  vus: 10,
  duration: "30s",
}

export default function () {
  const startTime = Date.now()

  // Simulate login process
  const loginResponse = http.post("http://127.0.0.1:8080/login", {
    username: "testuser",
    password: "testpass",
  })

  const endTime = Date.now()
  const transactionDuration = endTime - startTime

  // Record custom metrics
  loginTransactionDuration.add(transactionDuration)
  loginSuccessRate.add(loginResponse.status === 200)
  totalLogins.add(1)

  sleep(1)
}
