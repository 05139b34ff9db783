import exec from "k6/execution";
export const options = { scenarios: { a: { executor: "ramping-arrival-rate", preAllocatedVUs: 1, timeUnit: "2s",
  stages: [{ target: 20, duration: "1s" }, { target: 20, duration: "0s" }, { target: 20, duration: "550ms" }, { target: 0, duration: 0 }, { target: 0, duration: "5s" }] } } };
export default function () {
  const { scenario } = exec;
  const number = scenario.iterationInTest + 1;
  const due = number <= 5 ? Math.sqrt(number / 5) * 1000 : 1000 + (number - 5) * 100;
  const elapsed = Date.now() - scenario.startTime;
  console.log(scenario.executor, scenario.iterationInInstance, elapsed >= Math.floor(due) - 2);
}
