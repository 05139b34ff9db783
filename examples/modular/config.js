// config.js - Centralized configuration
export const config = {
  baseUrl: __ENV.BASE_URL || "http://127.0.0.1:8080",
  timeout: "30s",
  thresholds: {
    http_req_duration: ["p(95)<500"],
    http_req_failed: ["rate<0.01"],
  },
}
