// The same without the extension.
import { sleep } from 'k6';

const probe = { add: (a, b) => a + b };

export default function () {
  if (probe.add(1, 2) !== 3) throw new Error('the addition is wrong');
  sleep(0.5);
}
