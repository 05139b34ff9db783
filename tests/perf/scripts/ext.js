// 1,000 calls of the extension tests/guests/ext-probe per iteration, -e CALL= which; an iteration
// then takes as many microseconds as a call takes nanoseconds.
import probe from 'k6/x/probe';

const CALLS = 1000;
const text = 'x'.repeat(10 * 1024);
const data = new Uint8Array(10 * 1024);
const counter = new probe.Counter(0);

const calls = {
  integers: () => probe.add(1, 2),
  string: () => probe.echoString(text),
  bytes: () => probe.echoBytes(data),
  method: () => counter.next(),
};

const call = calls[__ENV.CALL];

export default function () {
  for (let i = 0; i < CALLS; i++) call();
}
