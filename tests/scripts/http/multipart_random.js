import http from "k6/http";
import { randomSeed } from "k6";
// A form's boundary takes no number from the script.
export default function () {
  const numbers = () => { randomSeed(7); const first = Math.random(); post(); return [first, Math.random()].join(); };
  let post = () => {};
  const plain = numbers();
  post = () => http.post(`${__ENV.HTTP}/post`, { f: http.file("data", "f.txt") });
  console.log(plain === numbers());
  const random = Math.random;
  Math.random = () => 0.5;
  const boundary = () => /boundary=(.+)$/.exec(http.post(`${__ENV.HTTP}/post`, { f: http.file("d") }).request.headers["Content-Type"][0])[1];
  console.log(boundary() !== boundary(), boundary().length);
  Math.random = random;
}
