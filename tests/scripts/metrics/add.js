import { Counter, Gauge, Rate, Trend } from "k6/metrics";
const counter = new Counter("my_counter"), gauge = new Gauge("my_gauge"), rate = new Rate("my_rate"), trend = new Trend("my_trend"), time = new Trend("my_time", true);
const again = new Counter("my_counter");
const results = [];
for (const name of ["a", "1abc", "with space", "", "ünï", "x".repeat(130), "ok_name", "has-dash", "has.dot"]) {
  try { new Counter(name); results.push(name.length + ":ok"); } catch (e) { results.push(name.length + ":refused"); }
}
try { new Gauge("my_counter"); results.push("conflict accepted"); } catch (e) { results.push("conflict refused"); }
try { new Trend("my_time"); results.push("unit accepted"); } catch (e) { results.push("unit refused"); }
try { new Counter("http_reqs"); results.push("built-in same type accepted"); } catch (e) { results.push("built-in refused"); }
try { counter.add(1); results.push("add in init accepted"); } catch (e) { results.push("add in init refused"); }
export default function () {
  console.log(results.join(" "));
  console.log(counter.add(1), counter.add(2.5, { tag: "x" }), counter.add(-1), gauge.add(5), rate.add(true), rate.add(false), rate.add(1), trend.add(1), time.add(12.5), again.add(1));
  console.log(counter.add("3"), counter.add(null), counter.add(undefined), counter.add("abc"), counter.add(NaN), counter.add());
  console.log(counter.name, trend.name, counter === again);
  try { counter.name = "other"; } catch (e) {} console.log(counter.name);
  try { counter.add(1, { t: {} }); console.log("object tag accepted"); } catch (e) { console.log("object tag refused"); }
  console.log(counter.add(1, { n: 5, b: true, s: "x" }), counter.add(1, null), counter.add(1, undefined));
  try { new Counter("late"); } catch (e) { console.log("late refused"); }
}
