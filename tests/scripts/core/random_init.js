import { randomSeed } from "k6";
// A seed of init code is for init code: each VU, setup and teardown draw numbers of their own after it.
export const options = { scenarios: { s: { executor: "per-vu-iterations", vus: 1, iterations: 2 } } };
randomSeed(42);
const early = [Math.random(), Math.random()];
randomSeed(42);
const continued = [Math.random(), Math.random(), Math.random()];
randomSeed(42);
Math.random();
export function setup() {
  return [early[0] === continued[0], early[1] === continued[1], Math.random() === continued[1]];
}
export default function (data) {
  if (__ITER === 0) {
    console.log(early.join(), data.join(), Math.random() === continued[1]);
    randomSeed(5);
    console.log(Math.random());
  } else {
    // One that an iteration set stays.
    console.log(Math.random());
  }
}
