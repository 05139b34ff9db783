import exec from "k6/execution";
const marks = [];
if (__VU === 0) marks.push("init 0");
export function setup() { console.log("setup", __VU, typeof __ITER, __ENV.HTTP.length > 0); return { at: "setup" }; }
export default function (data) { console.log("default", __VU, __ITER, data.at, marks.length); }
export function teardown(data) { console.log("teardown", __VU, typeof __ITER, data.at); }
