// k6/x/kv: transactions. They are optimistic: what was read and what is to be written go to the host in
// one call, and whoever was too late reads again.
(function (native) {
  "use strict";
  const { KvError, invalid, options, whole, ttlOf } = native.arguments;
  const { own } = native.handle;

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

  return class {
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
  };
});
