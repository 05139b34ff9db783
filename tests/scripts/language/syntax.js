function* fibonacci(limit) {
  let [a, b] = [0, 1];
  while (a < limit) { yield a; [a, b] = [b, a + b]; }
}
function tag(strings, ...values) { return strings.raw.join("|") + values.join(","); }
export default function () {
  const user = { name: "ann", address: { city: "Bonn" }, tags: ["a", "b", "c"] };
  const { name, address: { city }, missing = "default", ...rest } = user;
  const [first, , third = "x", ...others] = user.tags;
  console.log(name, city, missing, JSON.stringify(rest), first, third, others.length);
  console.log(String(user?.phone?.number), String(user.nothing?.()), user.tags?.[1]);
  let a = null, b = 0, c = 1;
  a ??= "nullish"; b ||= "falsy"; c &&= "truthy";
  console.log(a, b, c, null ?? "n", 0 ?? "z");
  console.log([...fibonacci(30)].join(" "), tag`x${1}\n${2}y`);
  console.log(2 ** 10, 7n ** 20n + "", typeof 1n, 1_000_000, 0b101, 0o17, 0xff);
  outer: for (let i = 0; i < 3; i++) { for (const j of [0, 1, 2]) { if (j === i) continue outer; if (i === 2) break outer; console.log(i, j); } }
  const add = (x, y = 10, ...more) => x + y + more.length;
  console.log(add(1), add(1, 2), add(1, 2, 3, 4), Math.max(...[1, 5, 3]));
  console.log(JSON.stringify({ ...{ a: 1, b: 2 }, b: 3 }), JSON.stringify([...new Set([1, 1, 2])]));
  switch (typeof name) { case "string": console.log("string"); default: console.log("falls through"); }
  console.log((() => { try { throw 1; } catch { return "caught"; } finally { console.log("finally"); } })());
  var hoisted = typeof later; function later() {}
  console.log(hoisted, (function () { return arguments.length; })(1, 2, 3), void 0 === undefined);
  console.log([1, [2, [3, [4]]]].flat(Infinity).join(), "a-b-c".split("-").map((s, i) => s + i).join());
}
