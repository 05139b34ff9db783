import Thing, { constant, greet, renamed, counter, increment } from "./files/lib.js";
import * as lib from "./files/lib.js";
import { a } from "./files/cycle_a.js";
export default function () {
  console.log(constant, greet("ann"), renamed(), new Thing().value());
  increment(); increment();
  console.log(counter, lib.counter, Object.keys(lib).sort().join(), lib.default === Thing);
  console.log(a(5));
  try { lib.constant = 1; } catch (e) { console.log(e.name); }
}
