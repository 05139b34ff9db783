// args: -i 3 -u 1
let moduleState = 0;
export default function () {
  __ENV.SEEN = (__ENV.SEEN || "") + __ITER;
  moduleState += 1;
  globalThis.mine = (globalThis.mine || 0) + 1;
  console.log(__ENV.SEEN, moduleState, globalThis.mine);
}
