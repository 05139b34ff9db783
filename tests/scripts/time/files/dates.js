// What Date shows of instants, local times and texts, in whatever zone this runs.
function show(what, date) {
  if (Number.isNaN(date.getTime())) {
    console.log(what, "invalid", date.toString(), date.toTimeString(), date.toLocaleString(), date.getTimezoneOffset());
    return;
  }
  console.log(what, "=", date.getTime(), "|", date.toString());
  console.log(" ", date.toDateString(), "|", date.toTimeString(), "|", date.toLocaleString(), "|", date.toLocaleDateString(), "|", date.toLocaleTimeString());
  console.log(" ", [
    date.getFullYear(), date.getMonth(), date.getDate(), date.getDay(), date.getHours(), date.getMinutes(),
    date.getSeconds(), date.getMilliseconds(), date.getTimezoneOffset(),
  ].join());
}

const instants = [
  0, -1, 1710054000000, 1710053999999, 1711814400000, 4102444800000, -2208988800000, -6e13, 8.64e15, -8.64e15,
  253402300800000, 1e15, -62167219200000, -62198755200000, NaN,
];

// Years, months, … of gaps, overlaps and what is around them, and of other limits.
const locals = [
  [2024, 2, 10, 1, 59], [2024, 2, 10, 2, 0], [2024, 2, 10, 2, 30], [2024, 2, 10, 3, 0], [2024, 10, 3, 0, 59, 59],
  [2024, 10, 3, 1, 30], [2024, 10, 3, 2, 0], [2024, 9, 6, 2, 0], [2024, 9, 6, 2, 15], [2024, 9, 6, 2, 30],
  [2024, 3, 7, 1, 29, 59], [2024, 3, 7, 1, 30], [2024, 3, 7, 1, 45], [2024, 3, 7, 2, 0], [99, 0, 1], [0, 0], [2024, 0],
  [275760, 8, 13, 0], [275760, 8, 12, 12], [-271821, 3, 21], [1880, 0, 1], [2024, 5, 15, 25, 61, 61, 1001], [2024, NaN],
];

const texts = [
  "2024-07-01", "2024-07-01T12:00", "2024-07-01T12:00:00.5", "2024-07-01T12:00:00Z", "2024-07-01T12:00:00+02:00",
  "Mon Jul 01 2024 12:00:00", "Jul 1, 2024", "July 1, 2024 12:00", "2024/07/01", "07/01/2024",
  "Mon, 01 Jul 2024 12:00:00 GMT", "1 Jul 2024 10:00 EST", "2024", "2024-07", "2024-07-01 12:00:00",
  "Mon Jul 01 2024 12:00:00 GMT+0530 (IST)", "2024-03-10T02:30:00", "2024-11-03T01:30", "2024-10-06T02:15", "nonsense",
];

const setters = [
  ["setHours", 2], ["setFullYear", 2025, 2, 9], ["setMonth", 10], ["setDate", 2], ["setHours", 1, 30], ["setMinutes", 70],
  ["setSeconds", 61], ["setMilliseconds", 5000], ["setMonth", 3, 6], ["setDate", 6], ["setHours", 1, 45, 30, 500],
  ["setHours", 24 * 200], ["setMonth", -20], ["setDate", 0],
];

export default function () {
  for (const time of instants) show(time, new Date(time));
  for (const fields of locals) show(fields.join(), new Date(...fields));
  for (const text of texts) console.log(text, "=>", Date.parse(text), String(new Date(text)));
  const date = new Date(1710000000000);
  for (const [name, ...values] of setters) {
    date[name](...values);
    show(`${name} ${values}`, date);
  }
  // Every change of a century and a half, found hour by hour around it.
  let offset;
  for (let time = Date.UTC(1960, 0); time < Date.UTC(2100, 0); time += 6 * 3600e3) {
    const now = new Date(time).getTimezoneOffset();
    if (now === offset) continue;
    let change = time;
    if (offset !== undefined) while (new Date(change - 60e3).getTimezoneOffset() !== offset) change -= 60e3;
    offset = now;
    const year = new Date(time).getUTCFullYear();
    if (year < 1990 || year % 10 === 7) console.log("change", new Date(change).toISOString(), new Date(change).toString());
  }
  // There and back again.
  let wrong = 0;
  for (let time = Date.UTC(1970, 0); time < Date.UTC(2100, 0); time += 7 * 3600e3 + 1234567) {
    const d = new Date(time);
    const back = new Date(d.getFullYear(), d.getMonth(), d.getDate(), d.getHours(), d.getMinutes(), d.getSeconds(), d.getMilliseconds());
    if (back.getTime() !== time && back.getTimezoneOffset() === d.getTimezoneOffset()) wrong++;
    if (Date.parse(d.toString()) !== Math.floor(time / 1000) * 1000) wrong++;
    if (new Date(time).setHours(d.getHours()) !== time && back.getTime() === time) wrong++;
  }
  console.log("wrong", wrong);
  const now = Date();
  console.log(typeof now, new Date(now).toString() === now, String(Date(0)).slice(-8) === String(new Date()).slice(-8));
  console.log([1234.5, new Date(0), 7n].toLocaleString(), (1234567.891).toLocaleString(), (12345678901234567890n).toLocaleString());
  console.log(new Date(0).toLocaleString("en-US", { timeZone: "UTC" }), new Date(0).toLocaleTimeString("de-DE"), new Date(0).toLocaleDateString("en-US", { year: "numeric" }));
  console.log(Object.keys(Date.prototype).length, JSON.stringify(new Date(0)), `${new Date(0)}`, new Date(0) + 1);
  class Later extends Date {}
  console.log(new Later(2024, 0, 1).getHours(), new Later(0) instanceof Later, String(new Later(0)));
  for (const name of ["toString", "toTimeString", "toLocaleString", "toLocaleTimeString", "getTimezoneOffset"]) {
    try { Date.prototype[name].call({}); console.log(name, "no error"); } catch (e) { console.log(name, e.name); }
  }
}
