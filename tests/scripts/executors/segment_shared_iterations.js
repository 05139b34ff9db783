// args: --execution-segment 0:1/4 --execution-segment-sequence 0,1/4,1/2,1
import exec from "k6/execution";
export const options = { scenarios: { a: { executor: "shared-iterations", vus: 3, iterations: 7 } } };
export default function () {
  console.log(exec.vu.idInInstance, exec.vu.idInTest, exec.scenario.iterationInInstance, exec.scenario.iterationInTest, __VU, __ITER);
}
