export default function () {
  for (const name of ["__ENV", "__VU", "__ITER", "console", "open", "require", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "crypto", "TextEncoder", "TextDecoder", "global", "globalThis"]) {
    console.log(name, typeof globalThis[name]);
  }
  console.log(global === globalThis, Object.keys(console).sort().join());
  __ENV.ADDED = "yes";
  console.log(__ENV.ADDED, typeof __ENV.HTTP, String(__ENV.NOT_THERE), __VU, __ITER);
}
