// A journey in steps: log in, read the profile with the token, change it.
//
//   runner target &
//   runner run examples/user-journey.js
import http from "k6/http"
import { check, sleep } from "k6"

export const options = {
  vus: 10,
  duration: "30s",
}

export default function () {
  // Step 1: Login
  const loginResponse = http.post("http://127.0.0.1:8080/login", {
    username: "testuser",
    password: "testpass",
  })

  check(loginResponse, {
    "login successful": (r) => r.status === 200,
  })

  if (loginResponse.status === 200) {
    const token = loginResponse.json("token")

    // Step 2: Get user profile
    const profileResponse = http.get("http://127.0.0.1:8080/profile", {
      headers: { Authorization: `Bearer ${token}` },
    })

    check(profileResponse, {
      "profile retrieved": (r) => r.status === 200,
    })

    // Step 3: Update profile
    const updateResponse = http.put("http://127.0.0.1:8080/profile", JSON.stringify({ name: "Updated Name" }), {
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
      },
    })

    check(updateResponse, {
      "profile updated": (r) => r.status === 200,
    })
  }

  sleep(1)
}
