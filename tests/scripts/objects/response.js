import http from "k6/http";
// The methods of a response are its own, bound, seen by loops, and cannot be replaced.
const attempt = (what, f) => {
  try { console.log(what, f()); } catch (e) { console.log(what, "throws"); }
};
export default function () {
  const r = http.get(`${__ENV.HTTP}/get?a=1`);
  console.log(Object.keys(r).join());
  console.log(Object.getOwnPropertyNames(r).join() === Object.keys(r).join());
  const seen = [];
  for (const key in r) seen.push(key);
  console.log(seen.length, "json" in r, r.hasOwnProperty("json"), r.propertyIsEnumerable("html"), Object.hasOwn(r, "nothing"));
  const { json, status, body } = r;
  console.log(json("args.a"), status, json().args.a, body.length > 0, typeof json, json.length);
  console.log(Object.assign({}, r).json("args.a"), { ...r }.json("args.a"), [r].map((x) => x.json)[0]("args.a"));
  console.log(["args.a", "args"].map(r.json)[0], json.call({}, "args.a"), r["json"]("args.a"));
  const later = http.get(`${__ENV.HTTP}/get?a=2`);
  console.log(json("args.a"), later.json("args.a"));
  console.log(Object.keys(JSON.parse(JSON.stringify(r))).join());
  attempt("assign", () => { r.json = () => 5; return r.json(); });
  attempt("define", () => Object.defineProperty(r, "json", { value: 5 }) === r);
  attempt("field", () => { r.status = 5; return r.status; });
  const descriptor = Object.getOwnPropertyDescriptor(r, "json");
  console.log(typeof descriptor.value, descriptor.writable, descriptor.enumerable, descriptor.configurable);
  console.log(Object.getPrototypeOf(http.get(`${__ENV.CLOSED}`, { timeout: "1s" })) !== null);
  const [first] = http.batch([`${__ENV.HTTP}/get?a=3`]);
  const { json: third } = first;
  console.log(third("args.a"));
}
