// k6/x/kv: keys by prefix: counting, pages, random ones, feeders.
(function (native) {
  "use strict";
  const { options, typed, required, most, prefixOf } = native.arguments;

  return class {
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

    async deleteByPrefix(settings) {
      const given = options(settings, "deleteByPrefix");
      const limit = required(given, "limit", "deleteByPrefix");
      const [deleted, done] = native.deleteByPrefix(prefixOf(given), limit);
      return { deleted, done };
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
  };
});
