import { Counter, Gauge, Rate, Trend } from "k6/metrics";
// What counts as a number, for each kind of metric; infinities do.
export const options = { iterations: 1, thresholds: {
  i_counter: ["count>1e300"], i_minus: ["count<-1e300"], i_gauge: ["value>1e300"], i_rate: ["rate==1"],
  i_trend: ["max>1e300", "avg>1e300", "min==1", "med==2"],
} };
const kinds = { c: new Counter("c_counter"), g: new Gauge("c_gauge"), r: new Rate("c_rate"), t: new Trend("c_trend") };
const [ic, im, ig, ir, it] = [new Counter("i_counter"), new Counter("i_minus"), new Gauge("i_gauge"), new Rate("i_rate"), new Trend("i_trend")];
const values = [
  ["Infinity", Infinity], ["-Infinity", -Infinity], ["NaN", NaN], ["'5'", "5"], ["'x'", "x"], ["''", ""], ["null", null],
  ["undefined", undefined], ["{}", {}], ["[]", []], ["[7]", [7]], ["5n", 5n], ["true", true], ["false", false], ["-0", -0],
  ["1e308", 1e308], ["-3", -3], ["date", new Date(5)], ["function", () => 1], ["'Infinity'", "Infinity"], ["'0x10'", "0x10"],
  ["Number", new Number(3)], ["valueOf", { valueOf() { return 4; } }], ["throws", { valueOf() { throw new RangeError("r"); } }],
  ["symbol", Symbol("s")],
];
export default function () {
  for (const kind of Object.keys(kinds)) {
    const results = values.map(([text, value]) => {
      try { return `${text} ${kinds[kind].add(value)}`; } catch (e) { return `${text} ${e.name}`; }
    });
    console.log(kind, results.join(", "));
  }
  ic.add(1); ic.add(Infinity); im.add(-Infinity); ig.add(Infinity); ir.add(Infinity); [1, 2, Infinity].forEach(it.add);
}
