export default function () {
  const list = [5, 1, 4];
  console.log(list.at(-1), list.findLast((n) => n > 1), list.findLastIndex((n) => n === 5), list.includes(4));
  console.log(list.toSorted().join(), list.toReversed().join(), list.with(0, 9).join(), list.toSpliced(0, 1).join(), list.join());
  console.log([3, 20, 100].sort().join(), [3, 20, 100].sort((a, b) => b - a).join(), [1, 2, 3].reduceRight((a, b) => a + b));
  console.log(Object.hasOwn({ a: 1 }, "a"), JSON.stringify(Object.fromEntries([["a", 1]])), Object.entries({ x: 1, y: 2 }).flat().join());
  const frozen = Object.freeze({ a: 1 });
  try { (function () { "use strict"; frozen.a = 2; })(); } catch (e) { console.log(e.name); }
  const error = new Error("outer", { cause: new TypeError("inner") });
  console.log(error.message, error.cause.name, String(error), error instanceof Error);
  const seen = [];
  const proxy = new Proxy({}, { get: (t, k) => `got ${String(k)}`, has: () => true, set: (t, k, v) => { seen.push(k + v); return true; } });
  proxy.a = 1;
  console.log(proxy.foo, "bar" in proxy, seen.join());
  const map = new Map([["a", 1], ["b", 2]]); map.delete("a"); map.set("c", 3);
  console.log([...map.keys()].join(), map.size, new Set("hello").size, new WeakMap() instanceof WeakMap);
  const bytes = new Uint8Array([1, 2, 300]); const view = new DataView(new ArrayBuffer(8)); view.setFloat32(0, 1.5);
  console.log(bytes.join(), view.getUint8(0), view.getFloat32(0), new Float64Array(2).length, bytes.subarray(1).length);
  console.log(JSON.stringify({ d: new Date(0), u: undefined, n: NaN, nested: { f() {}, a: [undefined, () => 1] } }));
  console.log(JSON.stringify({ a: [1, { b: 2 }] }, null, 2).split("\n").length, JSON.parse('{"a":[1,2]}', (k, v) => (typeof v === "number" ? v + 1 : v)).a.join());
  try { JSON.parse("{bad"); } catch (e) { console.log(e.name); }
  const date = new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 250));
  console.log(date.toISOString(), date.getTime(), new Date("2024-01-01T00:00:00Z").getUTCDay(), isNaN(new Date("x")));
  console.log((255).toString(16), (0.1 + 0.2).toFixed(2), (1234.5678).toPrecision(6), parseInt("12px", 10), parseFloat("1.5e3"), Number("0x1f"), Number(""), Number("x"));
  console.log(1e21, 1e-7, 123456789012345680000, 0.000001, -0 === 0, Object.is(-0, 0), Number.MAX_SAFE_INTEGER, Number.EPSILON > 0);
  console.log("abc".padStart(5, "*"), "abc".padEnd(5) + "|", " x ".trim().length, "abc".at(-1), "é".normalize("NFD").length, "ß".toUpperCase(), "😀".length, [..."😀a"].length);
  console.log("a\u0000b".length, encodeURIComponent("a b&ü/"), decodeURIComponent("%C3%BC"), encodeURI("http://x/ü?a=b c"), escape("ü "), "abc".localeCompare("abd"));
  console.log(Symbol("d").description, Symbol.for("k") === Symbol.for("k"), typeof globalThis, Reflect.ownKeys({ b: 1, a: 2, 1: 0 }).join());
  console.log(Math.trunc(-1.5), Math.sign(-3), Math.hypot(3, 4), Math.cbrt(27), Math.clz32(1), Math.fround(1.1) === 1.1, Math.imul(3, 4), Math.round(-0.5) === 0);
  console.log(Array.from({ length: 3 }, (_, i) => i * i).join(), Array.of(7).length, [1, 2, 3].copyWithin(0, 1).join(), new Array(3).fill(0).join(), [3, 4].entries().next().value.join());
  console.log([1, 2, 3, 4].flatMap((n) => (n % 2 ? [n, n] : [])).join(), Array.isArray([]), [, 1].length, [1, 2, 3].indexOf(4), [1, 2, 3].lastIndexOf(3));
}
