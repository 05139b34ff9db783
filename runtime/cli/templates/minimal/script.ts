import http, { type RefinedResponse } from 'k6/http';
import { check, sleep } from 'k6';
import type { Options } from 'k6/options';

export const options: Options = {
  vus: 10,
  duration: '30s',
};

// `runner target` starts a server here; -e BASE_URL=https://… names another.
const BASE_URL: string = __ENV.BASE_URL || 'http://127.0.0.1:8080';

export default function (): void {
  const res: RefinedResponse<'text'> = http.get(`${BASE_URL}/get`);
  check(res, { 'status is 200': (r) => r.status === 200 });
  sleep(1);
}
