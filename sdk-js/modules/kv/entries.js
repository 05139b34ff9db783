// k6/x/kv: one key, or a list of keys. get, set and the other small ones are native (kv.js).
(function (native) {
  "use strict";
  const { options, typed, whole, ttlOf, keysOf, entriesOf } = native.arguments;

  const currentWanted = (settings, method) =>
    typed(options(settings, method), "includeCurrentOnMismatch", "boolean", false);

  const mismatch = (current, wanted, name) => {
    const result = { [name]: false, reason: "mismatch", existed: current !== undefined };
    if (wanted && current !== undefined) result.current = native.decode(current);
    return result;
  };

  return class {
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
  };
});
