// k6/x/kv: the store that the VUs of a run share. Native functions do the work and throw
// KvErrors; `get`, `set` and the other small ones are native promises from end to end.
(function (native) {
  "use strict";
  const { Counter, Gauge, Rate, Trend } = native.metrics;

  // Name and message are enumerable, so that JSON.stringify shows them.
  class KvError extends Error {
    constructor(name, message, more) {
      super(message);
      Object.defineProperty(this, "name", { value: name, enumerable: true, configurable: true, writable: true });
      Object.defineProperty(this, "message", { value: message, enumerable: true, configurable: true, writable: true });
      if (more !== undefined) Object.assign(this, more);
    }
  }
  native.makeError = (name, message) => new KvError(name, message);

  const invalid = (message) => new KvError("InvalidOptionsError", message);
  const absent = (value) => value === undefined || value === null;

  // Options as an object; none is an empty one.
  function options(value, method) {
    if (absent(value)) return {};
    if (typeof value !== "object" || Array.isArray(value)) {
      throw invalid(`${method}: options must be an object, not ${typeof value}`);
    }
    return value;
  }

  function typed(object, name, type, fallback) {
    const value = object[name];
    if (absent(value)) return fallback;
    if (typeof value !== type) throw invalid(`${name} must be a ${type}, not ${typeof value}`);
    return value;
  }

  // A whole number of at least `least`; `fallback` where there is none.
  function whole(object, name, fallback, least = 1) {
    const value = typed(object, name, "number", fallback);
    if (value === fallback) return value;
    if (!Number.isSafeInteger(value) || value < least) {
      throw invalid(`${name} must be a whole number of at least ${least}, not ${value}`);
    }
    return value;
  }

  // Limits of pages: none, 0 and less mean no limit.
  const limitOf = (object) => {
    const value = typed(object, "limit", "number", 0);
    if (!Number.isInteger(value)) throw invalid(`limit must be a whole number, not ${value}`);
    return Math.max(value, 0);
  };
  const prefixOf = (object) => typed(object, "prefix", "string", "");
  const ttlOf = (object) => whole(object, "ttl", undefined);
  const ownerOf = (object) => typed(object, "owner", "string", undefined);

  function keysOf(keys, method) {
    if (!Array.isArray(keys)) throw invalid(`${method}: keys must be an array`);
    for (const key of keys) {
      if (typeof key !== "string") throw invalid(`${method}: keys must be strings, not ${typeof key}`);
    }
    return keys;
  }

  function claimOf(claim, method) {
    if (typeof claim !== "object" || claim === null || typeof claim.id !== "string" ||
      typeof claim.key !== "string" || !Number.isSafeInteger(claim.token)) {
      throw invalid(`${method}: a claim must have id, key and token`);
    }
    return claim;
  }

  function claimsOf(claims, method) {
    if (!Array.isArray(claims)) throw invalid(`${method}: claims must be an array`);
    return claims.map((claim) => claimOf(claim, method));
  }

  // Applies `each` to claims one by one: how many went well, and those that did not.
  function sorted(claims, each, name) {
    const failed = claims.filter((claim) => !each(claim));
    return {
      [name]: claims.length - failed.length,
      failed: failed.map(({ id, key, token }) => ({ id, key, token })),
    };
  }

  function file(value, method) {
    if (absent(value)) throw invalid(`${method}: options with a fileName are required`);
    const given = options(value, method);
    const fileName = typed(given, "fileName", "string", "");
    if (fileName === "") throw invalid(`${method}: fileName must be a path`);
    return [given, fileName];
  }

  function csv(value, method) {
    const [given, fileName] = file(value, method);
    const keyColumn = typed(given, "keyColumn", "string", "");
    if (keyColumn === "") throw invalid(`${method}: keyColumn must name a column`);
    return [
      fileName, keyColumn, typed(given, "hasHeader", "boolean", true), delimiterOf(given),
      whole(given, "limit", undefined), whole(given, "batchSize", undefined),
    ];
  }

  function delimiterOf(object) {
    const value = typed(object, "delimiter", "string", ",");
    if (value.length !== 1 || value.charCodeAt(0) > 127 || value === '"' || value === "\n" || value === "\r") {
      throw invalid("delimiter must be one ASCII character");
    }
    return value.charCodeAt(0);
  }

  // What a transaction reads is noted, what it writes is kept until the end.
  class Transaction {
    #reads = new Map();
    #writes = new Map();

    #raw(key) {
      if (this.#writes.has(key)) return this.#writes.get(key)?.value;
      if (!this.#reads.has(key)) this.#reads.set(key, native.raw(key));
      return this.#reads.get(key);
    }

    async get(key) {
      const raw = this.#raw(key);
      if (raw === undefined) throw new KvError("KeyNotFoundError", `key "${key}" not found`);
      return native.decode(raw);
    }

    async exists(key) {
      return this.#raw(key) !== undefined;
    }

    async set(key, value, settings) {
      const ttl = ttlOf(options(settings, "set"));
      this.#writes.set(native.key(key), { value: native.encode(value), ttl });
      return value;
    }

    async delete(key) {
      const there = this.#raw(key) !== undefined;
      this.#writes.set(key, undefined);
      return there;
    }

    // Not for scripts.
    static commit(tx) {
      const changes = [...tx.#writes.values()];
      return native.commit(
        [...tx.#reads.keys()], [...tx.#reads.values()], [...tx.#writes.keys()],
        changes.map((change) => change?.value), changes.map((change) => change?.ttl),
      );
    }
  }
  const commit = Transaction.commit;
  delete Transaction.commit;

  const mismatch = (current, settings, name) => {
    const result = { [name]: false, reason: "mismatch", existed: current !== undefined };
    const wanted = typed(options(settings, name), "includeCurrentOnMismatch", "boolean", false);
    if (wanted && current !== undefined) result.current = native.decode(current);
    return result;
  };

  class KV {
    async clear() {
      native.clear();
      return true;
    }

    async size() {
      return native.count("");
    }

    async count(settings) {
      return native.count(prefixOf(options(settings, "count")));
    }

    async expire(key, ttl) {
      return native.expire(key, whole({ ttl }, "ttl", undefined));
    }

    async ttl(key) {
      return native.ttl(key);
    }

    async getMany(keys) {
      return native.getMany(keysOf(keys, "getMany"));
    }

    async setMany(entries, settings) {
      if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
        throw invalid("setMany: entries must be an object of keys and values");
      }
      const ttl = ttlOf(options(settings, "setMany"));
      const keys = Object.keys(entries);
      const [values, errors] = [[], []];
      for (const key of keys) {
        try {
          native.key(key);
          values.push(native.encode(entries[key]));
        } catch (error) {
          errors.push({ key, name: error.name, message: error.message });
        }
      }
      if (errors.length > 0) {
        const noun = errors.length === 1 ? "entry" : "entries";
        const message = `setMany validation failed: ${errors.length} invalid ${noun}`;
        throw new KvError("InvalidOptionsError", message, { errors });
      }
      return { written: native.setMany(keys, values, ttl) };
    }

    async deleteMany(keys) {
      const [deleted, missing] = native.deleteMany(keysOf(keys, "deleteMany"));
      return { deleted, missing };
    }

    async deleteByPrefix(settings) {
      const given = options(settings, "deleteByPrefix");
      const limit = whole(given, "limit", 100_000);
      const [deleted, done] = native.deleteByPrefix(prefixOf(given), limit);
      return { deleted, done };
    }

    async getOrSet(key, value, settings) {
      const [found, loaded] = native.getOrSet(key, value, ttlOf(options(settings, "getOrSet")));
      return { value: found, loaded };
    }

    async swap(key, value, settings) {
      const [found, loaded] = native.swap(key, value, ttlOf(options(settings, "swap")));
      return { previous: loaded ? found : null, loaded };
    }

    async compareAndSwap(key, oldValue, newValue, settings) {
      const ttl = ttlOf(options(settings, "compareAndSwap"));
      return native.compareAndSwap(key, oldValue, newValue, ttl) === true;
    }

    async compareAndSwapDetailed(key, oldValue, newValue, settings) {
      const result = native.compareAndSwap(key, oldValue, newValue, undefined);
      if (result === true) return { swapped: true, reason: "swapped" };
      return mismatch(result, settings, "swapped");
    }

    async setIfAbsent(key, value, settings) {
      return this.compareAndSwap(key, null, value, settings);
    }

    async compareAndDelete(key, oldValue) {
      return native.compareAndDelete(key, oldValue) === true;
    }

    async compareAndDeleteDetailed(key, oldValue, settings) {
      const result = native.compareAndDelete(key, oldValue);
      if (result === true) return { deleted: true, reason: "deleted" };
      return mismatch(result, settings, "deleted");
    }

    async transaction(body, settings) {
      if (typeof body !== "function") throw invalid("transaction: a function is expected");
      const attempts = whole(options(settings, "transaction"), "attempts", 100);
      for (let attempt = 0; attempt < attempts; attempt++) {
        const tx = own(new Transaction());
        const result = await body(tx);
        if (commit(tx)) return result;
      }
      throw new KvError(
        "TransactionConflictError",
        `others changed what the transaction read, ${attempts} times in a row`,
      );
    }

    async scan(settings) {
      const given = options(settings, "scan");
      const cursor = typed(given, "cursor", "string", "");
      const [entries, next] = native.scan(prefixOf(given), limitOf(given), cursor, true);
      return { entries, cursor: next, done: next === "" };
    }

    async scanKeys(settings) {
      const given = options(settings, "scanKeys");
      const cursor = typed(given, "cursor", "string", "");
      const [keys, next] = native.scan(prefixOf(given), limitOf(given), cursor, false);
      return { keys, cursor: next, done: next === "" };
    }

    async list(settings) {
      const given = options(settings, "list");
      return native.list(prefixOf(given), limitOf(given), true);
    }

    async listKeys(settings) {
      const given = options(settings, "listKeys");
      return native.list(prefixOf(given), limitOf(given), false);
    }

    async randomKey(settings) {
      const given = options(settings, "randomKey");
      return native.randomKeys(prefixOf(given), 1, true)[0] ?? "";
    }

    async randomKeys(settings) {
      const given = options(settings, "randomKeys");
      const unique = typed(given, "unique", "boolean", false);
      return native.randomKeys(prefixOf(given), whole(given, "count", 1, 0), unique);
    }

    async nextCircular(settings) {
      return native.nextCircular(prefixOf(options(settings, "nextCircular")));
    }

    async claimRandom(settings) {
      const given = options(settings, "claimRandom");
      return native.claimRandom(prefixOf(given), 1, ownerOf(given), ttlOf(given))[0] ?? null;
    }

    async claimRandomMany(settings) {
      const given = options(settings, "claimRandomMany");
      const count = whole(given, "count", 1, 0);
      return native.claimRandom(prefixOf(given), count, ownerOf(given), ttlOf(given));
    }

    async claimNext(settings) {
      const given = options(settings, "claimNext");
      return native.claimNext(prefixOf(given), ownerOf(given), ttlOf(given));
    }

    async claimForOwner(settings) {
      const given = options(settings, "claimForOwner");
      return native.claimForOwner(prefixOf(given), ownerOf(given) ?? "", ttlOf(given));
    }

    async claimKey(key, settings) {
      const given = options(settings, "claimKey");
      const { claimed } = native.claimKeys([native.key(key)], ownerOf(given), ttlOf(given), false);
      return claimed[0] ?? null;
    }

    async claimKeys(keys, settings) {
      const given = options(settings, "claimKeys");
      const all = typed(given, "allOrNothing", "boolean", false);
      return native.claimKeys(keysOf(keys, "claimKeys"), ownerOf(given), ttlOf(given), all);
    }

    async releaseClaim(claim) {
      return native.release(claimOf(claim, "releaseClaim"));
    }

    async releaseClaims(claims) {
      return sorted(claimsOf(claims, "releaseClaims"), native.release, "released");
    }

    async completeClaim(claim, settings) {
      const remove = typed(options(settings, "completeClaim"), "deleteKey", "boolean", true);
      return native.complete(claimOf(claim, "completeClaim"), remove);
    }

    async completeClaims(claims, settings) {
      const remove = typed(options(settings, "completeClaims"), "deleteKey", "boolean", true);
      const complete = (claim) => native.complete(claim, remove);
      return sorted(claimsOf(claims, "completeClaims"), complete, "completed");
    }

    async renewClaim(claim, settings) {
      const ttl = ttlOf(options(settings, "renewClaim"));
      return native.renew(claimOf(claim, "renewClaim"), ttl);
    }

    async renewClaims(claims, settings) {
      const ttl = ttlOf(options(settings, "renewClaims"));
      const renew = (claim) => native.renew(claim, ttl);
      return sorted(claimsOf(claims, "renewClaims"), renew, "renewed");
    }

    async popRandom(settings) {
      return native.popRandom(prefixOf(options(settings, "popRandom")), 1)[0] ?? null;
    }

    async popRandomMany(settings) {
      const given = options(settings, "popRandomMany");
      return native.popRandom(prefixOf(given), whole(given, "count", 1, 0));
    }

    async allocationStats(settings) {
      return native.allocation(prefixOf(options(settings, "allocationStats")));
    }

    async importCSV(settings) {
      const fields = csv(settings, "importCSV");
      const [imported, bytesRead] = native.importCsv(...fields);
      return { imported, fileName: fields[0], bytesRead };
    }

    async validateCSV(settings) {
      const fields = csv(settings, "validateCSV");
      const [rows, bytesRead, checkedAll, firstError] = native.validateCsv(...fields);
      return { valid: firstError === undefined, fileName: fields[0], rows, bytesRead, checkedAll, firstError };
    }

    async exportCSV(settings) {
      const [given, fileName] = file(settings, "exportCSV");
      const { columns } = given;
      if (!absent(columns)) keysOf(columns, "exportCSV: columns");
      const [exported, bytesWritten] = native.exportCsv(
        fileName, prefixOf(given), columns ?? undefined,
        typed(given, "includeKey", "boolean", true), delimiterOf(given), whole(given, "limit", undefined),
      );
      return { exported, fileName, bytesWritten };
    }

    async importJSONL(settings) {
      const [given, fileName] = file(settings, "importJSONL");
      const [imported, bytesRead] = native.importJsonl(
        fileName, whole(given, "limit", undefined), whole(given, "batchSize", undefined),
      );
      return { imported, fileName, bytesRead };
    }

    async validateJSONL(settings) {
      const [given, fileName] = file(settings, "validateJSONL");
      const [records, bytesRead, checkedAll, firstError] =
        native.validateJsonl(fileName, whole(given, "limit", undefined));
      return { valid: firstError === undefined, fileName, records, bytesRead, checkedAll, firstError };
    }

    async exportJSONL(settings) {
      const [given, fileName] = file(settings, "exportJSONL");
      const [exported, bytesWritten] =
        native.exportJsonl(fileName, prefixOf(given), whole(given, "limit", undefined));
      return { exported, fileName, bytesWritten };
    }

    async backup(settings) {
      if (absent(settings)) throw new KvError("BackupOptionsRequiredError", "backup needs options with a fileName");
      const [, fileName] = file(settings, "backup");
      const [totalEntries, bytesWritten] = native.backup(fileName);
      return { totalEntries, bytesWritten, bestEffort: false };
    }

    async restore(settings) {
      if (absent(settings)) throw new KvError("RestoreOptionsRequiredError", "restore needs options with a fileName");
      const [given, fileName] = file(settings, "restore");
      const most = (name) => {
        const value = whole(given, name, undefined, -Number.MAX_SAFE_INTEGER);
        return value > 0 ? value : undefined;
      };
      return { totalEntries: native.restore(fileName, most("maxEntries"), most("maxBytes")) };
    }

    async rebuildKeyList() {
      native.rebuild();
      return true;
    }

    async stats() {
      return native.stats();
    }

    async reportStats() {
      const gauges = this[reported];
      if (gauges === undefined || native.inInit()) {
        throw new KvError("MetricsUnavailableError", "reportStats cannot be used in init code");
      }
      const stats = native.stats();
      const tags = { backend: stats.backend };
      gauges.keys.add(stats.count, tags);
      gauges.live.add(stats.claims.live, tags);
      gauges.expired.add(stats.claims.expired, tags);
      if (stats.index !== null) {
        gauges.index.add(stats.index.keysList, { ...tags, index: "keys_list" });
        gauges.consistent.add(stats.index.consistent, tags);
      }
      if (stats.disk !== null) gauges.disk.add(stats.disk.sizeBytes, tags);
    }

    close() {
      native.close();
    }
  }

  for (const name of ["get", "set", "delete", "exists", "deleteIfExists", "incrementBy"]) {
    Object.defineProperty(KV.prototype, name, { value: native[name], writable: true, configurable: true });
  }

  // Makes an object's methods properties of its own, bound to it: `const { get, set } = kv`.
  function own(object) {
    for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(object))) {
      if (name === "constructor") continue;
      const method = object[name];
      // Native ones need no `this`.
      object[name] = method === native[name] ? method : method.bind(object);
    }
    return object;
  }

  const reported = Symbol("reported");

  function declareGauges(kv) {
    kv[reported] = {
      keys: new Gauge("xk6_kv_keys"),
      live: new Gauge("xk6_kv_claims_live"),
      expired: new Gauge("xk6_kv_claims_expired"),
      index: new Gauge("xk6_kv_index_keys"),
      consistent: new Gauge("xk6_kv_index_consistent"),
      disk: new Gauge("xk6_kv_disk_size_bytes"),
    };
    Object.defineProperty(kv, reported, { enumerable: false });
  }

  const snake = (name) =>
    name.replace(/CSV|JSONL/, (word) => `_${word.toLowerCase()}`)
      .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

  // metrics.operations: each method of this handle is measured.
  function measure(kv, common) {
    const total = new Counter("xk6_kv_operations_total");
    const duration = new Trend("xk6_kv_operation_duration", true);
    const failed = new Rate("xk6_kv_operation_failed");
    const errors = new Counter("xk6_kv_errors_total");
    const empty = new Rate("xk6_kv_empty_result");
    const pickers = ["randomKey", "popRandom", "claimRandom"];
    for (const name of Object.getOwnPropertyNames(KV.prototype)) {
      if (name === "constructor" || name === "close") continue;
      const plain = KV.prototype[name];
      const tags = { ...common, op: snake(name) };
      kv[name] = async function (...args) {
        const start = native.now();
        const done = (status, error) => {
          const all = { ...tags, status };
          total.add(1, all);
          duration.add(native.now() - start, all);
          failed.add(error !== undefined, tags);
          if (error !== undefined) errors.add(1, { ...tags, error_type: error?.name ?? "UnknownError" });
        };
        try {
          const result = await plain.apply(this, args);
          done("success");
          if (pickers.includes(name)) empty.add(result === "" || result === null, tags);
          return result;
        } catch (error) {
          done("error", error);
          throw error;
        }
      };
    }
  }

  const units = { ns: 1e-6, us: 1e-3, "µs": 1e-3, ms: 1, s: 1e3, m: 6e4, h: 36e5 };

  // Milliseconds of a number or of a duration such as "1m30s".
  function duration(value, name) {
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
    const parts = typeof value === "string" ? value.match(/^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/) : null;
    if (parts === null) throw invalid(`${name} must be milliseconds or a duration such as "500ms"`);
    let sum = 0;
    for (const [, number, , unit] of value.matchAll(/(\d+(\.\d*)?)(ns|us|µs|ms|s|m|h)/g)) {
      sum += Number(number) * units[unit];
    }
    return sum;
  }

  function openKv(settings) {
    if (!native.inInit()) {
      throw new KvError("InitContextError", "openKv() must be called in the init context");
    }
    const given = options(settings, "openKv");
    const backend = given.backend ?? "disk";
    if (backend !== "disk" && backend !== "memory") {
      throw new KvError("InvalidBackendError", `invalid backend "${backend}"; it must be "memory" or "disk"`);
    }
    const serialization = given.serialization ?? "json";
    if (serialization !== "json" && serialization !== "string") {
      throw new KvError(
        "InvalidSerializationError",
        `invalid serialization "${serialization}"; it must be "json" or "string"`,
      );
    }
    const memory = options(given.memory, "memory");
    const disk = options(given.disk, "disk");
    const metrics = options(given.metrics, "metrics");
    const shards = typed(memory, "shardCount", "number", 0);
    const trackKeys = typed(given, "trackKeys", "boolean", false);
    // bbolt's noSync says no to what `sync` says yes to; only who names one of them gets it.
    const sync = typed(disk, "sync", "boolean", typed(disk, "noSync", "boolean", true) === false);
    native.open(
      backend === "memory", serialization === "json", trackKeys,
      Math.min(Math.max(Math.trunc(shards) || 0, 0), 65_536), whole(memory, "maxBytes", 0),
      typed(given, "path", "string", "") || "./.k6.kv",
      duration(disk.timeout ?? 1000, "disk.timeout"), sync, typed(disk, "readOnly", "boolean", false),
    );
    const kv = new KV();
    declareGauges(kv);
    if (typed(metrics, "operations", "boolean", false)) {
      measure(kv, { backend, serialization, track_keys: String(trackKeys) });
    }
    return own(kv);
  }

  return { openKv };
});
