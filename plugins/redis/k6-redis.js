// The client under the names and habits of k6's own module: promises, keys and members one by
// one, numbers and booleans as values, an error for a key that does not exist.
//
//   import redis from "./k6-redis.js";    // was: "k6/experimental/redis"
//
// Limits: one server without TLS (options.cluster, masterName and socket.tls are refused); each
// command is waited for, so Promise.all sends one after the other.

import { Client as Connection } from "k6/x/redis";

export class Client {
  #connection;

  /** @param {string | object} options a URL, or k6's options */
  constructor(options) {
    if (typeof options === "string") {
      this.#connection = new Connection(options);
      return;
    }
    if (typeof options !== "object" || options === null) {
      throw new TypeError("redis.Client takes a URL or options");
    }
    const { socket = {}, cluster, masterName, username, password, clientName, database } = options;
    if (cluster || masterName || socket.tls) {
      throw new TypeError("redis.Client knows no cluster, no sentinels and no TLS");
    }
    const { host, port, dialTimeout, readTimeout } = socket;
    this.#connection = new Connection(undefined, {
      host, port, username, password, clientName, database,
      connectTimeout: dialTimeout || undefined,
      timeout: readTimeout || undefined,
    });
  }

  async set(key, value, expiration) { return this.#connection.set(key, text(value), expiration); }
  async get(key) { return some(this.#connection.get(key)); }
  async getSet(key, value) { return some(this.#connection.getSet(key, text(value))); }
  async del(...keys) { return this.#connection.del(keys.flat()); }
  async getDel(key) { return some(this.#connection.getDel(key)); }
  async exists(...keys) { return this.#connection.exists(keys.flat()); }
  async incr(key) { return this.#connection.incr(key); }
  async incrBy(key, increment) { return this.#connection.incrBy(key, increment); }
  async decr(key) { return this.#connection.decr(key); }
  async decrBy(key, decrement) { return this.#connection.decrBy(key, decrement); }
  async randomKey() { return some(this.#connection.randomKey()); }
  async mget(...keys) { return this.#connection.mget(keys.flat()).map((value) => value ?? null); }
  async expire(key, seconds) { return this.#connection.expire(key, seconds); }
  async ttl(key) { return this.#connection.ttl(key); }
  async persist(key) { return this.#connection.persist(key); }

  async lpush(key, ...values) { return this.#connection.lpush(key, texts(values)); }
  async rpush(key, ...values) { return this.#connection.rpush(key, texts(values)); }
  async lpop(key) { return some(this.#connection.lpop(key)); }
  async rpop(key) { return some(this.#connection.rpop(key)); }
  async lrange(key, start, stop) { return this.#connection.lrange(key, start, stop); }
  async lindex(key, index) { return some(this.#connection.lindex(key, index)); }
  async lset(key, index, element) { return this.#connection.lset(key, index, text(element)); }
  async lrem(key, count, value) { return this.#connection.lrem(key, count, text(value)); }
  async llen(key) { return this.#connection.llen(key); }

  async hset(key, field, value) { return this.#connection.hset(key, field, text(value)); }
  async hsetnx(key, field, value) { return this.#connection.hsetnx(key, field, text(value)); }
  async hget(key, field) { return some(this.#connection.hget(key, field)); }
  async hdel(key, ...fields) { return this.#connection.hdel(key, fields.flat()); }
  async hgetall(key) { return Object.fromEntries(this.#connection.hgetall(key)); }
  async hkeys(key) { return this.#connection.hkeys(key); }
  async hvals(key) { return this.#connection.hvals(key); }
  async hlen(key) { return this.#connection.hlen(key); }
  async hincrby(key, field, increment) { return this.#connection.hincrby(key, field, increment); }

  async sadd(key, ...members) { return this.#connection.sadd(key, texts(members)); }
  async srem(key, ...members) { return this.#connection.srem(key, texts(members)); }
  async sismember(key, member) { return this.#connection.sismember(key, text(member)); }
  async smembers(key) { return this.#connection.smembers(key); }
  async srandmember(key) { return some(this.#connection.srandmember(key)); }
  async spop(key) { return some(this.#connection.spop(key)); }

  async sendCommand(command, ...args) {
    return plain(this.#connection.sendCommand(command, texts(args)));
  }
}

function some(value) {
  if (value === undefined) throw new Error("redis: nil");
  return value;
}

function texts(values) {
  return values.flat().map(text);
}

function text(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new TypeError(`redis takes strings, numbers and booleans, not ${value === null ? "null" : typeof value}`);
}

/** A tagged reply as the value that it stands for. */
function plain(reply) {
  switch (reply.tag) {
    case "nil": return null;
    case "json": return JSON.parse(reply.val);
    case "failed": return new Error(reply.val);
    case "items": return reply.val.map(plain);
    case "pairs": return Object.fromEntries(reply.val.map(([key, value]) => [plain(key), plain(value)]));
    default: return reply.val;
  }
}

export default { Client };
