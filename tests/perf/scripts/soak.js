// As many samples as the machine makes: 20 custom tags, 200 trend samples beside each request.
import http from 'k6/http';
import exec from 'k6/execution';
import { Trend } from 'k6/metrics';

const latency = new Trend('latency', true);

export default function () {
  if (exec.vu.iterationInScenario === 0) {
    for (let n = 0; n < 20; n++) {
      exec.vu.metrics.tags[`custom_${n}`] = `value ${n}`;
    }
  }
  http.get(__ENV.URL);
  for (let n = 0; n < 200; n++) {
    latency.add(Math.random() * 1000);
  }
}
