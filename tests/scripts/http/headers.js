import http from "k6/http";
const stable = (o) => JSON.stringify(o, o && typeof o === "object" ? Object.keys(o).sort() : null);
export default function () {
  const r = http.get(`${__ENV.HTTP}/headers`, { headers: { "x-lower": "1", "X-UPPER-CASE": "2", "User-Agent": "custom/1", Host: "other.example", "X-Empty": "", "X-Number": 5 } });
  const h = r.json("headers");
  console.log(stable(h));
  const plain = http.get(`${__ENV.HTTP}/headers`).json("headers");
  console.log(Object.keys(plain).sort().join(), plain.Host === __ENV.HOST, /^\S+/.test(plain["User-Agent"]));
  console.log(JSON.stringify(r.request.headers["X-Lower"]), Object.keys(r.request.headers).sort().join());
  const answer = http.get(`${__ENV.HTTP}/response-headers?x-one=1&x-one=2&X-Two=b`);
  console.log(answer.headers["X-One"], answer.headers["X-Two"], String(answer.headers["x-two"]), answer.headers["Content-Type"]);
  const auth = http.get(`${__ENV.HTTP}/bearer`, { headers: { Authorization: "Bearer abc" } });
  console.log(auth.status, auth.json("token"));
}
