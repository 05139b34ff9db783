import { check, group, fail, sleep, randomSeed } from "k6";
export default function () {
  console.log(check(1, { "is one": (v) => v === 1, "is truthy": true }), check(null, { "is null": (v) => v === null, "fails": (v) => v !== null }));
  console.log(check({ a: 1 }, { "tagged": (v) => v.a === 1 }, { my: "tag" }), check("x", {}), check("x", { "value false": false, "value zero": 0, "value text": "t" }));
  try { check(1, { "throws": () => { throw new Error("from check"); } }); } catch (e) { console.log("rethrown", e.message); }
  try { check(1, { "async": async () => true }); } catch (e) { console.log("async refused"); }
  try { check(1); } catch (e) { console.log("no sets refused"); }
  console.log(group("g", () => group("inner", () => "result")));
  try { group("async", async () => {}); } catch (e) { console.log("async group refused"); }
  try { group("a::b", () => {}); } catch (e) { console.log("separator refused"); }
  try { group("throwing", () => { throw new TypeError("t"); }); } catch (e) { console.log(e.name); }
  try { fail("on purpose"); } catch (e) { console.log(String(e).includes("on purpose")); }
  try { fail(); } catch (e) { console.log("fail without message"); }
  console.log(String(sleep(0.001)), String(sleep(0)));
}
