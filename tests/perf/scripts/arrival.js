// Iterations at a rate, one GET each. Every iteration says how late it is: it knows its number in
// the scenario, and with that the moment at which it was due. Both tools count the scenario's
// start and the moment in whole milliseconds.
//
// -e RATE=2000 -e SECONDS=10 -e URL=… and, for a ramp from 0 to RATE, -e RAMP=yes
import http from 'k6/http';
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';

const rate = Number(__ENV.RATE);
const seconds = Number(__ENV.SECONDS);
const ramp = __ENV.RAMP === 'yes';
const late = new Trend('late');

const vus = { preAllocatedVUs: 100, maxVUs: 100 };
const constant = { executor: 'constant-arrival-rate', rate, duration: `${seconds}s` };
const ramping = {
  executor: 'ramping-arrival-rate',
  startRate: 0,
  stages: [{ target: rate, duration: `${seconds}s` }],
};

export const options = {
  scenarios: { arrivals: Object.assign(ramp ? ramping : constant, vus) },
  summaryTrendStats: ['p(99)', 'max'],
};

export default function () {
  const now = Date.now();
  const { iterationInTest: number, startTime } = exec.scenario;
  // The area under a ramp is rate/seconds · t²/2.
  const due = ramp ? Math.sqrt((2 * (number + 1) * seconds) / rate) : number / rate;
  late.add(now - startTime - due * 1000);
  http.get(__ENV.URL);
}

export function handleSummary({ metrics }) {
  const count = (name) => (metrics[name] ? metrics[name].values.count : 0);
  const value = (name) => metrics.late.values[name].toFixed(3);
  const words = [count('iterations'), count('dropped_iterations'), value('p(99)'), value('max')];
  return { stderr: `arrivals ${words.join(' ')}\n` };
}
