import exec from "k6/execution";
export const options = { scenarios: { s: { executor: "per-vu-iterations", vus: 2, iterations: 1, maxDuration: "5s" } }, tags: { run: "1" }, userAgent: "ua", thresholds: { checks: ["rate>0.5"] }, batch: 7 };
export default function () {
  if (__VU !== 1) return;
  const o = exec.test.options;
  console.log(o.scenarios.s.executor, o.scenarios.s.vus, o.scenarios.s.iterations, o.userAgent, o.batch, JSON.stringify(o.tags), o.paused);
  try { o.userAgent = "x"; } catch (e) {} console.log(o.userAgent, Object.isFrozen(o));
}
