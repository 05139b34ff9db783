import http from 'k6/http';
import { check, group, sleep } from 'k6';
import { Trend } from 'k6/metrics';
import type { Options } from 'k6/options';

interface Data {
  started: string;
}

// `runner target` starts a server here; -e BASE_URL=https://… names another.
const BASE_URL: string = __ENV.BASE_URL || 'http://127.0.0.1:8080';

const orderDuration = new Trend('order_duration', true);

export const options: Options = {
  scenarios: {
    readers: {
      executor: 'ramping-vus',
      exec: 'read',
      stages: [
        { duration: '10s', target: 10 },
        { duration: '20s', target: 10 },
        { duration: '5s', target: 0 },
      ],
      gracefulRampDown: '5s',
    },
    buyers: {
      executor: 'constant-vus',
      exec: 'order',
      vus: 2,
      duration: '35s',
    },
  },
  // The run fails, with exit code 99, when one of these is crossed.
  thresholds: {
    checks: ['rate>0.99'],
    http_req_failed: ['rate<0.01'],
    http_req_duration: ['p(95)<500'],
    order_duration: ['p(95)<1000'],
  },
};

// Once, before the load. What it returns is given to every iteration.
export function setup(): Data {
  const res = http.get(`${BASE_URL}/get`);
  if (res.status !== 200) {
    throw new Error(`${BASE_URL} does not answer: ${res.error || res.status}`);
  }
  return { started: new Date().toISOString() };
}

export function read(): void {
  const responses = http.batch([
    ['GET', `${BASE_URL}/get?page=1`],
    ['GET', `${BASE_URL}/get?page=2`],
  ]);
  for (const res of responses) {
    check(res, { 'page is there': (r) => r.status === 200 });
  }
  sleep(1);
}

export function order(data: Data): void {
  group('order', () => {
    const body = JSON.stringify({ article: 42, amount: 1, started: data.started });
    const params = {
      headers: { 'Content-Type': 'application/json' },
      tags: { name: 'create order' },
    };
    const res = http.post(`${BASE_URL}/post`, body, params);
    orderDuration.add(res.timings.duration);
    check(res, {
      'order is accepted': (r) => r.status === 200,
      'article is ours': (r) => r.json('json.article') === 42,
    });
  });
  sleep(1);
}

// Once, after the load.
export function teardown(data: Data): void {
  console.log(`finished what was started at ${data.started}`);
}
