// What the calls of k6/x/kv may be given, and the errors that say otherwise. Whatever is wrong is
// said before the store is asked, so that a call that is refused has done nothing.
(function (native) {
  "use strict";

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
      throw invalid(`${method}: options must be an object, not ${Array.isArray(value) ? "an array" : typeof value}`);
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
    const value = typed(object, name, "number", undefined);
    if (value === undefined) return fallback;
    if (!Number.isSafeInteger(value) || value < least) {
      throw invalid(`${name} must be a whole number of at least ${least}, not ${value}`);
    }
    return value;
  }

  // The same where it has to be there.
  function required(object, name, method) {
    const value = whole(object, name, undefined);
    if (value === undefined) throw invalid(`${method}: ${name} is required, a whole number of at least 1`);
    return value;
  }

  // Where 0 and less stand for no limit.
  function most(object, name) {
    const value = whole(object, name, 0, -Number.MAX_SAFE_INTEGER);
    return value > 0 ? value : undefined;
  }

  // Where 0 stands for no limit, and less for a mistake.
  const bound = (object, name) => whole(object, name, 0, 0) || undefined;

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

  // Entries of setMany as keys and encoded values. What is wrong with any of them is said at once.
  function entriesOf(entries) {
    const errors = [];
    const refuse = () => {
      const noun = errors.length === 1 ? "entry" : "entries";
      return new KvError(
        "InvalidOptionsError", `setMany validation failed: ${errors.length} invalid ${noun}`, { errors },
      );
    };
    if (typeof entries !== "object" || entries === null || Array.isArray(entries)) {
      errors.push({ name: "InvalidEntries", message: "entries must be an object of keys and values" });
      throw refuse();
    }
    const keys = Object.keys(entries);
    const values = [];
    for (const key of keys) {
      try {
        native.key(key);
        values.push(native.encode(entries[key]));
      } catch (error) {
        errors.push({ key, name: key === "" ? "EmptyKey" : error.name, message: error.message });
      }
    }
    if (errors.length > 0) throw refuse();
    return [keys, values];
  }

  // Options and the name of the file that they are about; `fallback` where none is named.
  function file(value, method, fallback) {
    if (absent(value)) throw invalid(`${method}: options with a fileName are required`);
    const given = options(value, method);
    const fileName = typed(given, "fileName", "string", "");
    if (fileName.trim() !== "") return [given, fileName];
    if (fallback === undefined) throw invalid(`${method}: fileName must be a path`);
    return [given, fallback];
  }

  function delimiterOf(object) {
    const value = typed(object, "delimiter", "string", ",");
    if (value.length !== 1 || value.charCodeAt(0) > 127 || value === '"' || value === "\n" || value === "\r") {
      throw invalid("delimiter must be one ASCII character");
    }
    return value.charCodeAt(0);
  }

  // What reading a CSV file takes, without its limits.
  function csv(value, method) {
    const [given, fileName] = file(value, method);
    const keyColumn = typed(given, "keyColumn", "string", undefined);
    if (keyColumn === undefined ? method !== "validateCSV" : keyColumn.trim() === "") {
      throw invalid(`${method}: keyColumn must name a column`);
    }
    const format = [fileName, keyColumn ?? "", typed(given, "hasHeader", "boolean", true), delimiterOf(given)];
    return [given, format];
  }

  function columnsOf({ columns }) {
    if (absent(columns)) throw invalid("exportCSV: columns is required, an array of names");
    return keysOf(columns, "exportCSV: columns");
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

  // Settings of bbolt that change nothing here; scripts have them, and typing errors in them.
  function ignored(disk) {
    for (const name of ["noGrowSync", "noFreelistSync", "preLoadFreelist", "mlock"]) typed(disk, name, "boolean");
    const type = typed(disk, "freelistType", "string", "");
    if (!["", "array", "map"].includes(type)) throw invalid(`freelistType must be "array" or "map", not "${type}"`);
    const size = disk.initialMmapSize ?? 0;
    const right = typeof size === "number" ? size >= 0 : typeof size === "string" &&
      /^\d+(\.\d+)?\s*([KMGTPEZY]i?B|B)?$/i.test(size.trim());
    if (!right) throw invalid('initialMmapSize must be bytes, or a text such as "64MiB"');
  }

  // What openKv was given, with all that it was not given.
  function opened(settings) {
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
    ignored(disk);
    const wait = duration(disk.timeout ?? 5000, "disk.timeout");
    return {
      backend,
      serialization,
      trackKeys: typed(given, "trackKeys", "boolean", false),
      shards: Math.min(Math.max(Math.trunc(typed(memory, "shardCount", "number", 0)) || 0, 0), 65_536),
      maxBytes: whole(memory, "maxBytes", 0),
      path: typed(given, "path", "string", "") || "./.k6.kv",
      // 0 waits until the store is free.
      timeout: wait === 0 ? Infinity : wait,
      // bbolt's noSync says no to what `sync` says yes to; only who names one of them gets it.
      sync: typed(disk, "sync", "boolean", typed(disk, "noSync", "boolean", true) === false),
      readOnly: typed(disk, "readOnly", "boolean", false),
      operations: typed(options(given.metrics, "metrics"), "operations", "boolean", false),
    };
  }

  return {
    KvError, invalid, options, typed, whole, required, most, bound, prefixOf, ttlOf, ownerOf, keysOf,
    claimOf, claimsOf, entriesOf, file, delimiterOf, csv, columnsOf, opened,
  };
});
