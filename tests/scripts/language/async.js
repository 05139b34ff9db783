const log = [];
const wait = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms));
export default async function () {
  log.push("start");
  Promise.resolve().then(() => log.push("micro 1")).then(() => log.push("micro 2"));
  setTimeout(() => log.push("timer 0"), 0);
  log.push("sync end");
  await null;
  log.push("after await");
  console.log(await wait(5, "five"));
  console.log(log.join(", "));
  console.log((await Promise.all([wait(9, "a"), wait(3, "b"), "c"])).join());
  console.log(await Promise.race([wait(30, "slow"), wait(1, "fast")]));
  console.log(await Promise.any([Promise.reject(new Error("no")), wait(1, "any")]));
  console.log((await Promise.allSettled([wait(1, 1), Promise.reject("r")])).map((r) => r.status).join());
  try { await Promise.reject(new RangeError("bad")); } catch (e) { console.log(e.name, e.message); }
  try { await Promise.any([Promise.reject(1)]); } catch (e) { console.log(e.constructor.name, e.errors.length); }
  const order = [];
  await Promise.all([1, 2, 3].map(async (n) => { await wait(12 - n * 4); order.push(n); }));
  console.log(order.join());
  const thenable = { then(resolve) { resolve("thenable"); } };
  console.log(await thenable);
  await new Promise((resolve) => resolve()).finally(() => console.log("finally"));
}
