import http from "k6/http";
const host = __ENV.HOST;
export default function () {
  const r = http.get(`http://user:pass@${host}/digest-auth/auth/user/pass`, { auth: "digest" }); console.log(r.status, r.json("authenticated"), r.json("user"));
  console.log(http.get(`http://user:wrong@${host}/digest-auth/auth/user/pass`, { auth: "digest" }).status);
  console.log(http.get(`http://user:pass@${host}/digest-auth/none/user/pass`, { auth: "digest" }).status);
}
