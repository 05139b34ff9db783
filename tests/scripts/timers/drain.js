// args: -i 2 -u 1
export default function () {
  const iteration = __ITER;
  setTimeout(() => { console.log("timer of", iteration); setTimeout(() => console.log("nested of", iteration), 1); }, 10);
  Promise.resolve().then(() => console.log("micro of", iteration));
  console.log("end of", iteration);
}
