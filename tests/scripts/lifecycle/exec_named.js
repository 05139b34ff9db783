export const options = { scenarios: {
  one: { executor: "per-vu-iterations", exec: "first", vus: 1, iterations: 1, env: { WHO: "one" }, tags: { t: "1" } },
  two: { executor: "shared-iterations", exec: "second", vus: 1, iterations: 2, startTime: "300ms", env: { WHO: "two" } },
} };
export function first() { console.log("first", __ENV.WHO); }
export function second() { console.log("second", __ENV.WHO); }
