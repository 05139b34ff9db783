// 100 calls of the key-value store per iteration; -e OP=get or set, -e STORE= memory or a folder.
import { openKv } from 'k6/x/kv';

const KEYS = 10000;
const CALLS = 100;
const store = __ENV.STORE;
const kv = openKv(store === 'memory' ? { backend: 'memory' } : { backend: 'disk', path: store });

export async function setup() {
  const users = {};
  for (let i = 0; i < KEYS; i++) users[`user:${i}`] = { id: i, name: 'Alice' };
  await kv.setMany(users);
}

async function get() {
  let at = Math.floor(Math.random() * KEYS);
  let sum = 0;
  for (let i = 0; i < CALLS; i++) {
    at = (at + 7919) % KEYS;
    sum += (await kv.get(`user:${at}`)).id;
  }
  if (Number.isNaN(sum)) throw new Error('a value is wrong');
}

async function set() {
  let at = Math.floor(Math.random() * KEYS);
  for (let i = 0; i < CALLS; i++) {
    at = (at + 7919) % KEYS;
    await kv.set(`user:${at}`, { id: at, name: 'Alice' });
  }
}

export default __ENV.OP === 'get' ? get : set;
