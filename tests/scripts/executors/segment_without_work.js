// args: --execution-segment 1/2:1
import exec from "k6/execution";
export const options = { scenarios: {
  none: { executor: "constant-vus", vus: 1, duration: "1s" },
  some: { executor: "per-vu-iterations", vus: 2, startTime: "100ms" } } };
export function setup() { console.log("setup"); }
export default function () { console.log(exec.scenario.name, exec.vu.idInTest, exec.instance.vusInitialized); }
