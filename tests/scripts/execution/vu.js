// args: -i 4 -u 1
import exec from "k6/execution";
export default function () {
  const { vu, scenario, instance, test } = exec;
  console.log(vu.idInInstance, vu.idInTest, vu.iterationInInstance, vu.iterationInScenario, __ITER);
  console.log(scenario.name, scenario.executor, typeof scenario.startTime, scenario.startTime > 1e12, scenario.progress >= 0 && scenario.progress <= 1, scenario.iterationInInstance, scenario.iterationInTest);
  console.log(instance.iterationsCompleted, instance.iterationsInterrupted, instance.vusActive, instance.vusInitialized, instance.currentTestRunDuration >= 0);
}
