// args: --execution-segment 50%:1 --execution-segment-sequence 0,0.5,1
import exec from "k6/execution";
export const options = { scenarios: { a: { executor: "constant-arrival-rate", rate: 10, duration: "1s", preAllocatedVUs: 2 } } };
export default function () {
  const { scenario } = exec;
  const elapsed = Date.now() - scenario.startTime;
  console.log(exec.vu.idInTest, scenario.iterationInInstance, scenario.iterationInTest, elapsed >= scenario.iterationInTest * 100 - 2);
}
