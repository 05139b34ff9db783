// What QuickJS has over k6's engine.
export default async function () {
  async function* countdown(n) { while (n > 0) yield n--; }
  const seen = []; for await (const n of countdown(3)) seen.push(n);
  console.log(seen.join());
  const { promise, resolve } = Promise.withResolvers(); setTimeout(resolve, 1, "resolved"); console.log(await promise);
  console.log(JSON.stringify(Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even"))));
  console.log([...new Set([1, 2]).union(new Set([2, 3]))].join(), [1, 2, 3].values().map((n) => n * 2).toArray().join());
}
