// args: -i 2 -u 1
import http from "k6/http";
import { check } from "k6";
const b = __ENV.HTTP;
export default function () {
  const login = http.post(`${b}/login`, { username: "testuser", password: "testpass" });
  const token = login.json("token");
  const profile = http.get(`${b}/profile`, { headers: { Authorization: `Bearer ${token}` } });
  const update = http.put(`${b}/profile`, JSON.stringify({ name: "Updated Name" }), { headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" } });
  console.log(login.status, typeof token, profile.status, update.json("name"), check(update, { ok: (r) => r.status === 200 }), http.get(`${b}/profile`).status);
}
