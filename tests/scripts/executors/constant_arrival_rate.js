import exec from "k6/execution";
export const options = { scenarios: { a: { executor: "constant-arrival-rate", rate: 10, duration: "1050ms", preAllocatedVUs: 1 } } };
let before = -1;
export default function () {
  const { scenario } = exec;
  const elapsed = Date.now() - scenario.startTime;
  console.log(scenario.name, scenario.executor, scenario.iterationInInstance, scenario.iterationInTest, elapsed >= scenario.iterationInTest * 100 - 2);
}
