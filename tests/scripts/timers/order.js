import { setTimeout as timeout, clearTimeout as clear } from "k6/timers";
export default function () {
  const log = [];
  setTimeout(() => log.push("b"), 120); setTimeout(() => log.push("a"), 10); setTimeout((x, y) => log.push(x + y), 60, "x", "y");
  const cleared = setTimeout(() => log.push("never"), 1); clearTimeout(cleared);
  let n = 0; const id = setInterval(() => { n += 1; if (n === 3) clearInterval(id); }, 2);
  timeout(() => { console.log(log.join(), n); }, 200);
  console.log(typeof cleared, cleared, typeof timeout, typeof clear);
  clearTimeout(99999); clearTimeout(undefined);
  try { setTimeout("code", 1); } catch (e) { console.log("refused"); }
  log.push("sync");
}
