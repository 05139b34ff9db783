// args: -i 1
import { SharedArray } from "k6/data";
const read = (value) => JSON.stringify(value) ?? "undefined";
const lists = {
  undefined: () => [undefined, 1],
  hole: () => [, 1],
  longer: () => { const list = []; list.length = 2; return list; },
  function: () => [() => 1, 1],
  symbol: () => [Symbol("x"), 1],
  json: () => [{ toJSON: () => undefined }, 1],
  numbers: () => [NaN, -Infinity, -0],
  dates: () => [new Date(0), new Date(NaN)],
  collections: () => [new Map([[1, 2]]), new Set([1]), /x/, new Error("e")],
  members: () => [{ a: undefined, b: () => 1, c: NaN, d: [undefined, , 1] }],
  boxed: () => [new Number(5), new String("s"), null],
  bigint: () => [1n],
  cycle: () => { const a = {}; a.a = a; return [a]; },
  thrown: () => { throw new RangeError("mine"); },
  set: () => new Set([1]),
  like: () => ({ length: 1, 0: 5 }),
};
const arrays = {};
for (const [name, make] of Object.entries(lists)) {
  try { arrays[name] = new SharedArray(name, make); } catch (e) { arrays[name] = e.name; }
}
export default function () {
  for (const [name, array] of Object.entries(arrays)) {
    if (typeof array === "string") { console.log(name, array); continue; }
    const seen = [];
    for (let i = 0; i < array.length; i++) {
      try { seen.push(read(array[i])); } catch (e) { seen.push(e.name); }
    }
    let whole;
    try { whole = array.map(read).length; } catch (e) { whole = e.name; }
    console.log(name, array.length, seen.join(" "), whole);
  }
}
