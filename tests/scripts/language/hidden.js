// Functions of the language stay hidden from loops, whoever provides them.
export default function () {
  const seen = [];
  for (const object of [Math, Date.prototype, String.prototype, new Date(0), Date]) for (const key in object) seen.push(key);
  console.log(seen.length, Object.keys(Math).length, Math.propertyIsEnumerable("random"), "random" in Math);
  console.log({ ...Math }.random === undefined, Object.getOwnPropertyDescriptor(Math, "random").writable);
}
