// args: --execution-segment 1/4:1/2 --execution-segment-sequence 0,1/4,1/2,1
import exec from "k6/execution";
export const options = { scenarios: { a: { executor: "per-vu-iterations", vus: 5, iterations: 3 } } };
export default function () {
  console.log(exec.vu.idInInstance, exec.vu.idInTest, exec.scenario.iterationInInstance, exec.scenario.iterationInTest, __VU, __ITER);
}
