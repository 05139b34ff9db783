import http from "k6/http";
const stable = (o) => JSON.stringify(o, o && typeof o === "object" ? Object.keys(o).sort() : null);
const base = __ENV.HTTP;
const echo = (body, params) => http.post(`${base}/anything`, body, params).json();
export default function () {
  let j = echo({ b: "2", a: "1 &=ü", list: ["x", "y"], empty: "" });
  console.log(stable(j.form), j.headers["Content-Type"], j.headers["Content-Length"]);
  j = echo("text"); console.log(j.data, String(j.headers["Content-Type"]), j.headers["Content-Length"]);
  j = echo(new Uint8Array([104, 105]).buffer); console.log(j.data, String(j.headers["Content-Type"]));
  j = echo(new Uint8Array([0, 255, 1]).buffer); console.log(j.data);
  j = echo(JSON.stringify({ k: [1, 2] }), { headers: { "Content-Type": "application/json" } }); console.log(JSON.stringify(j.json), j.headers["Content-Type"]);
  j = echo({ a: "1" }, { headers: { "Content-Type": "application/x-custom" } }); console.log(j.data, j.headers["Content-Type"]);
  j = echo("ünï 😀"); console.log(j.data, j.headers["Content-Length"]);
  j = echo("x".repeat(100000)); console.log(j.data.length);
  j = echo({ nested: { a: 1 } }); console.log(Object.keys(j.form).join());
  j = echo({}); console.log(JSON.stringify(j.form));
  j = echo(""); console.log(JSON.stringify(j.data));
}
