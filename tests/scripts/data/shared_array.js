// args: -i 2 -u 2
import { SharedArray } from "k6/data";
const users = new SharedArray("users", () => [{ name: "ann", tags: ["x"] }, { name: "bob" }, 3, "text", null, [1, 2]]);
const same = new SharedArray("users", () => { throw new Error("never run"); });
const empty = new SharedArray("empty", function () { return []; });
let outcome = "";
try { new SharedArray("bad", () => 5); } catch (e) { outcome += "not an array;"; }
try { new SharedArray("", () => []); } catch (e) { outcome += "no name;"; }
try { new SharedArray("nofn", 5); } catch (e) { outcome += "no function;"; }
export default function () {
  if (__VU !== 1 && __VU !== 2) return;
  const lines = [];
  lines.push(outcome, users.length, users[0].name, users[1].name, users[2], users[3], users[4], users[5].length, String(users[6]), same.length, empty.length);
  lines.push(users.map((u) => typeof u).join(), users.filter((u) => u && u.name).length, users.findIndex((u) => u === 3));
  lines.push(Array.isArray(users), users.slice(1, 3).length, [...users].length, Object.isFrozen(users[0]), Object.isFrozen(users[0].tags));
  let n = 0; for (const u of users) { n++; } users.forEach(() => n++); lines.push(n);
  for (const write of [() => { users[0] = 1; }, () => { users.push(1); }, () => { "use strict"; users[0].name = "x"; }]) {
    try { write(); lines.push("silent"); } catch (e) { lines.push(e.name); }
  }
  lines.push(users[0].name, JSON.stringify(users[0]), "0" in users, 9 in users, Object.keys(users).length);
  try { new SharedArray("late", () => []); } catch (e) { lines.push("late refused"); }
  console.log(lines.join(" | "));
}
