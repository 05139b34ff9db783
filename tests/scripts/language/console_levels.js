export default function () {
  console.log("log"); console.info("info"); console.warn("warn"); console.error("error"); console.debug("hidden");
  console.log(); console.log("a", 1, true, null, undefined, "b"); console.log("percent %s %d", "x"); console.log(""); console.log("multi\nline\ttab \"quoted\" \\ end");
  console.log("ünïcode 😀"); console.log(1.5, 1e21, NaN, Infinity);
}
