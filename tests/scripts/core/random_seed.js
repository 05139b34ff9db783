import { randomSeed } from "k6";
export default function () {
  randomSeed(1); const first = [Math.random(), Math.random(), Math.random()];
  randomSeed(1); const again = [Math.random(), Math.random(), Math.random()];
  console.log(first[0] === again[0] && first[2] === again[2], first.join());
  randomSeed(123456789); console.log(Math.random());
  randomSeed(-5); console.log(Math.random());
  randomSeed(0); console.log(Math.random());
}
