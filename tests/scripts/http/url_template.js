import http from "k6/http";
export default function () {
  const id = 7; const url = http.url`${__ENV.HTTP}/anything/${id}?x=${"y"}`;
  const r = http.get(url); console.log(r.json("url"), r.status, r.url);
  console.log(http.post(http.url`${__ENV.HTTP}/anything/${id}`, "b").json("method"), url.name);
}
