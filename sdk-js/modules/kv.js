// k6/x/kv: the store that the VUs of a run share. Native functions do the work and throw
// KvErrors; `get`, `set` and the other small ones are native promises from end to end.
(function (native) {
  "use strict";
  const { Counter, Gauge, Rate, Trend } = native.metrics;

  const {
    KvError, invalid, options, typed, whole, required, most, bound, prefixOf, ttlOf, ownerOf, keysOf,
    claimOf, claimsOf, entriesOf, file, delimiterOf, csv, columnsOf, opened,
  } = native.arguments;

  // Applies `each` to claims one by one: how many went well, and those that did not.
  function sorted(claims, each, name) {
    const failed = [];
    claims.forEach((claim, index) => {
      const { id, key } = claim;
      try {
        if (each(claim)) return;
      } catch (error) {
        error.message += ` (after ${name.replace(/ed$/, "ing")} ${index - failed.length} of ${claims.length})`;
        throw error;
      }
      const message = `the claim of "${key}" is not held: it ran out, was given back, or its key is gone`;
      failed.push({ index, id, key, name: "ClaimNotUpdated", message });
    });
    return { attempted: claims.length, [name]: claims.length - failed.length, failed };
  }

  // What a look at a file found; `place` is what the lines of such a file are called.
  function found(count, [records, bytesRead, checkedAll, error], fileName, place) {
    const result = { valid: error === undefined, [count]: records, bytesRead, checkedAll };
    if (error !== undefined) {
      // The host's words begin with the name of the file and the line.
      const line = /^line (\d+):/.exec(error.slice(`"${fileName}" `.length));
      result.firstError = { [place]: Number(line?.[1] ?? 0), name: "ValueParseError", message: error };
    }
    return result;
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

  const currentWanted = (settings, method) =>
    typed(options(settings, method), "includeCurrentOnMismatch", "boolean", false);

  const mismatch = (current, wanted, name) => {
    const result = { [name]: false, reason: "mismatch", existed: current !== undefined };
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
      const ttl = ttlOf(options(settings, "setMany"));
      const [keys, values] = entriesOf(entries);
      return { written: native.setMany(keys, values, ttl) };
    }

    async deleteMany(keys) {
      const [deleted, missing] = native.deleteMany(keysOf(keys, "deleteMany"));
      return { deleted, missing };
    }

    async deleteByPrefix(settings) {
      const given = options(settings, "deleteByPrefix");
      const limit = required(given, "limit", "deleteByPrefix");
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
      const wanted = currentWanted(settings, "compareAndSwapDetailed");
      const result = native.compareAndSwap(key, oldValue, newValue, undefined);
      if (result === true) return { swapped: true, reason: "swapped" };
      return mismatch(result, wanted, "swapped");
    }

    async setIfAbsent(key, value, settings) {
      return this.compareAndSwap(key, null, value, settings);
    }

    async compareAndDelete(key, oldValue) {
      return native.compareAndDelete(key, oldValue) === true;
    }

    async compareAndDeleteDetailed(key, oldValue, settings) {
      const wanted = currentWanted(settings, "compareAndDeleteDetailed");
      const result = native.compareAndDelete(key, oldValue);
      if (result === true) return { deleted: true, reason: "deleted" };
      return mismatch(result, wanted, "deleted");
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
      const [entries, next] = native.scan(prefixOf(given), most(given, "limit"), cursor, true);
      return { entries, cursor: next, done: next === "" };
    }

    async scanKeys(settings) {
      const given = options(settings, "scanKeys");
      const cursor = typed(given, "cursor", "string", "");
      const [keys, next] = native.scan(prefixOf(given), most(given, "limit"), cursor, false);
      return { keys, cursor: next, done: next === "" };
    }

    async list(settings) {
      const given = options(settings, "list");
      return native.list(prefixOf(given), most(given, "limit"), true);
    }

    async listKeys(settings) {
      const given = options(settings, "listKeys");
      return native.list(prefixOf(given), most(given, "limit"), false);
    }

    async randomKey(settings) {
      const given = options(settings, "randomKey");
      return native.randomKeys(prefixOf(given), 1, true)[0] ?? "";
    }

    async randomKeys(settings) {
      const given = options(settings, "randomKeys");
      const unique = typed(given, "unique", "boolean", true);
      return native.randomKeys(prefixOf(given), required(given, "count", "randomKeys"), unique);
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
      const count = required(given, "count", "claimRandomMany");
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
      const ttl = required(options(settings, "renewClaim"), "ttl", "renewClaim");
      return native.renew(claimOf(claim, "renewClaim"), ttl);
    }

    async renewClaims(claims, settings) {
      const ttl = required(options(settings, "renewClaims"), "ttl", "renewClaims");
      const renew = (claim) => native.renew(claim, ttl);
      return sorted(claimsOf(claims, "renewClaims"), renew, "renewed");
    }

    async popRandom(settings) {
      return native.popRandom(prefixOf(options(settings, "popRandom")), 1)[0] ?? null;
    }

    async popRandomMany(settings) {
      const given = options(settings, "popRandomMany");
      return native.popRandom(prefixOf(given), required(given, "count", "popRandomMany"));
    }

    async allocationStats(settings) {
      const prefix = prefixOf(options(settings, "allocationStats"));
      const { backend, trackKeys } = this[told];
      return { prefix, ...native.allocation(prefix), backend, trackKeys };
    }

    async importCSV(settings) {
      const [given, format] = csv(settings, "importCSV");
      const [imported, bytesRead] = native.importCsv(...format, bound(given, "limit"), bound(given, "batchSize"));
      return { imported, fileName: format[0], bytesRead };
    }

    async validateCSV(settings) {
      const [given, format] = csv(settings, "validateCSV");
      return found("rows", native.validateCsv(...format, most(given, "limit")), format[0], "row");
    }

    async exportCSV(settings) {
      const [given, fileName] = file(settings, "exportCSV");
      const [exported, bytesWritten] = native.exportCsv(
        fileName, prefixOf(given), columnsOf(given),
        typed(given, "includeKey", "boolean", true), delimiterOf(given), most(given, "limit"),
      );
      return { exported, fileName, bytesWritten };
    }

    async importJSONL(settings) {
      const [given, fileName] = file(settings, "importJSONL");
      const [imported, bytesRead] = native.importJsonl(fileName, most(given, "limit"), most(given, "batchSize"));
      return { imported, fileName, bytesRead };
    }

    async validateJSONL(settings) {
      const [given, fileName] = file(settings, "validateJSONL");
      return found("records", native.validateJsonl(fileName, most(given, "limit")), fileName, "line");
    }

    async exportJSONL(settings) {
      const [given, fileName] = file(settings, "exportJSONL");
      const [exported, bytesWritten] = native.exportJsonl(fileName, prefixOf(given), most(given, "limit"));
      return { exported, fileName, bytesWritten };
    }

    async backup(settings) {
      if (settings === undefined || settings === null) {
        throw new KvError("BackupOptionsRequiredError", "backup needs options, such as { fileName: 'a.kv' }");
      }
      const { backend, path } = this[told];
      const [given, fileName] = file(settings, "backup", path);
      // Writers are never held up, and what is written is always as of one moment. A memory store
      // in k6 can do only one of these, so scripts ask whether they got the first.
      const bestEffort = typed(given, "allowConcurrentWrites", "boolean", false) && backend === "memory";
      const [totalEntries, bytesWritten] = native.backup(fileName);
      const warning = bestEffort ? "what was written while the backup was made is not in it" : "";
      return { totalEntries, bytesWritten, bestEffort, warning };
    }

    async restore(settings) {
      if (settings === undefined || settings === null) {
        throw new KvError("RestoreOptionsRequiredError", "restore needs options, such as { fileName: 'a.kv' }");
      }
      const [given, fileName] = file(settings, "restore", this[told].path);
      return { totalEntries: native.restore(fileName, most(given, "maxEntries"), most(given, "maxBytes")) };
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

    // The store itself ends with the run: other VUs may be using it.
    close() {
      const closed = async () => {
        throw new KvError("StoreClosedError", "the store was closed here; close it once, at the end of teardown");
      };
      for (const name of methods) Object.defineProperty(this, name, { value: closed, configurable: true });
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

  const methods = Object.getOwnPropertyNames(KV.prototype)
    .filter((name) => name !== "constructor" && name !== "close");

  // The gauges of reportStats, and what openKv was told.
  const reported = Symbol("reported");
  const told = Symbol("told");
  const hide = (kv, name, value) => Object.defineProperty(kv, name, { value });

  function declareGauges(kv) {
    hide(kv, reported, {
      keys: new Gauge("xk6_kv_keys"),
      live: new Gauge("xk6_kv_claims_live"),
      expired: new Gauge("xk6_kv_claims_expired"),
      index: new Gauge("xk6_kv_index_keys"),
      consistent: new Gauge("xk6_kv_index_consistent"),
      disk: new Gauge("xk6_kv_disk_size_bytes"),
    });
  }

  const snake = (name) =>
    name.replace(/CSV|JSONL/, (word) => `_${word.toLowerCase()}`)
      .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

  // What can come back with nothing.
  const pickers = new Set([
    "randomKey", "randomKeys", "nextCircular", "popRandom", "popRandomMany", "claimRandom",
    "claimRandomMany", "claimNext", "claimForOwner", "claimKey",
  ]);

  // metrics.operations: each method of this handle is measured.
  function measure(kv, common) {
    const total = new Counter("xk6_kv_operations_total");
    const duration = new Trend("xk6_kv_operation_duration", true);
    const failed = new Rate("xk6_kv_operation_failed");
    const errors = new Counter("xk6_kv_errors_total");
    const empty = new Rate("xk6_kv_empty_result");
    const running = new Gauge("xk6_kv_async_in_flight");
    let inFlight = 0;
    const isEmpty = (result) => result === "" || result === null || result.length === 0;
    for (const name of methods) {
      const plain = KV.prototype[name];
      const tags = { ...common, op: snake(name) };
      kv[name] = async function (...args) {
        const start = native.now();
        running.add(++inFlight, common);
        const done = (status, error) => {
          running.add(--inFlight, common);
          const all = { ...tags, status };
          total.add(1, all);
          duration.add(native.now() - start, all);
          failed.add(error !== undefined, tags);
          if (error !== undefined) errors.add(1, { ...tags, error_type: error?.name ?? "UnknownError" });
        };
        try {
          const result = await plain.apply(this, args);
          done("success");
          if (pickers.has(name)) empty.add(isEmpty(result), tags);
          return result;
        } catch (error) {
          done("error", error);
          throw error;
        }
      };
    }
  }

  function openKv(settings) {
    if (!native.inInit()) throw invalid("openKv() must be called in the init context");
    const given = opened(settings);
    const { backend, serialization, trackKeys } = given;
    native.open(
      backend === "memory", serialization === "json", trackKeys, given.shards, given.maxBytes, given.path,
      given.timeout, given.sync, given.readOnly,
    );
    const kv = new KV();
    hide(kv, told, { backend, trackKeys, path: given.path });
    declareGauges(kv);
    if (given.operations) measure(kv, { backend, serialization, track_keys: String(trackKeys) });
    return own(kv);
  }

  return { openKv };
});
