import http from "k6/http";
const b = __ENV.HTTP;
export default async function () {
  const r = await http.asyncRequest("GET", `${b}/anything?x=1`); console.log(r.status, r.json("args.x"));
  const posted = await http.asyncRequest("POST", `${b}/anything`, { a: "1" }, { headers: { "X-B": "2" } }); console.log(posted.json("form.a"), posted.json("headers.X-B"));
  const order = []; const start = Date.now();
  await Promise.all([0.7, 0.1, 0.4].map(async (d) => { await http.asyncRequest("GET", `${b}/delay/${d}`); order.push(d); }));
  const took = Date.now() - start; console.log(order.join(), took >= 690 && took < 2000);
  const failed = await http.asyncRequest("GET", `http://${__ENV.CLOSED}/`); console.log(failed.status, failed.error_code);
  try { await http.asyncRequest("GET", `http://${__ENV.CLOSED}/`, null, { throw: true }); console.log("no throw"); } catch (e) { console.log("rejected"); }
  const pending = http.asyncRequest("GET", `${b}/get`); console.log(pending instanceof Promise, typeof pending.then);
  http.asyncRequest("GET", `${b}/delay/0.05`).then((late) => console.log("after default", late.status));
}
