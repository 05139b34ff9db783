// args: -i 1
export function setup() {
  return [Symbol("s"), 5n, new Date(0), new Date(NaN), new Map([["a", { b: 1 }]]), new Set([1]), new Uint8Array([1, 2]),
    new Float64Array([1.5]), /x/, new Error("e"), undefined, , -0, 1e21, { a: undefined, [Symbol("k")]: 1 }];
}
export default function (data) {
  for (const value of data) console.log(typeof value, JSON.stringify(value));
}
export function teardown(data) { console.log("teardown", JSON.stringify(data)); }
