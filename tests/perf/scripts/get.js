// One GET and one check per iteration; the address comes from -e URL=…
import http from 'k6/http';
import { check } from 'k6';

export default function () {
  const response = http.get(__ENV.URL);
  check(response, { 'status is 200': (r) => r.status === 200 });
}
