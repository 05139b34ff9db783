// args: --execution-segment 1/3:2/3
import exec from "k6/execution";
import { sleep } from "k6";
export const options = { scenarios: { a: { executor: "ramping-vus", startVUs: 0, stages: [{ target: 4, duration: "1s" }, { target: 0, duration: 0 }], gracefulRampDown: "5s" } } };
export default function () {
  // Of the VUs 1 to 4 the second is this part's.
  const elapsed = Date.now() - exec.scenario.startTime;
  console.log(exec.vu.idInTest, exec.scenario.iterationInTest, elapsed >= 498 && elapsed < 900);
  sleep(1);
}
