// VUs that each have an instance of an extension and use it now and then.
import probe from 'k6/x/probe';
import { sleep } from 'k6';

export default function () {
  if (probe.add(1, 2) !== 3) throw new Error('the extension is wrong');
  sleep(0.5);
}
