import http from "k6/http";
const b = __ENV.HTTP;
export default function () {
  const list = http.batch([`${b}/anything?n=1`, ["POST", `${b}/anything?n=2`, "body"], { method: "put", url: `${b}/anything?n=3`, body: "x", params: { headers: { "X-A": "1" } } }, ["GET", `${b}/status/404`, null, { tags: { t: "1" } }], { url: `${b}/anything?n=5` }]);
  console.log(Array.isArray(list), list.length, list.slice(0, 3).map((r) => r.json("method") + r.json("args.n")).join(), list[3].status, list[4].json("method"), list[2].json("headers.X-A"), list[1].json("data"));
  const named = http.batch({ one: `${b}/anything?n=1`, two: ["DELETE", `${b}/anything?n=2`] });
  console.log(Object.keys(named).sort().join(), named.one.json("args.n"), named.two.json("method"));
  const start = Date.now(); http.batch([1, 2, 3, 4, 5].map(() => `${b}/delay/0.2`)); const took = Date.now() - start; console.log(took >= 190 && took < 950);
  console.log(http.batch([]).length, Object.keys(http.batch({})).length);
  const mixed = http.batch([`${b}/get`, `http://${__ENV.CLOSED}/`]); console.log(mixed[0].status, mixed[1].status, mixed[1].error_code);
  try { console.log(typeof http.batch()); } catch (e) { console.log("refused"); }
}
