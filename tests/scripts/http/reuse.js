import http from "k6/http";
export default function () {
  const first = http.get(`${__ENV.HTTP}/get`), second = http.get(`${__ENV.HTTP}/get`), third = http.get(`${__ENV.HTTP}/get`, { headers: { Connection: "close" } });
  console.log(first.timings.connecting > 0, second.timings.connecting, third.timings.connecting);
}
