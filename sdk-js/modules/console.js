// console: arguments as k6 prints them, joined by a space.
(function (native) {
  "use strict";
  const { log } = native;
  const quote = JSON.stringify;
  const TypedArray = Object.getPrototypeOf(Uint8Array);
  const DEBUG = 0;
  const INFO = 1;
  const WARN = 2;
  const ERROR = 3;

  function hex(bytes) {
    const parts = [];
    for (let i = 0; i < bytes.length; i++) parts.push(bytes[i].toString(16).padStart(2, "0"));
    return parts.join(" ");
  }

  function buffer(value) {
    const bytes = new Uint8Array(value);
    return `ArrayBuffer { [Uint8Contents]: <${hex(bytes)}>, byteLength: ${bytes.length} }`;
  }

  // A value inside another one; `parents` are the objects around it.
  function nested(value, parents) {
    switch (typeof value) {
      case "string":
        return quote(value);
      case "function":
        return "[object Function]";
      case "undefined":
        return parents.length > 0 && Array.isArray(parents[parents.length - 1])
          ? "null"
          : "undefined";
      case "symbol":
      case "bigint":
      case "number":
      case "boolean":
        return String(value);
    }
    if (value === null) return "null";
    return object(value, parents, true);
  }

  function object(value, parents, inside) {
    if (parents.includes(value)) return "[Circular]";
    if (value instanceof Error) return String(value);
    if (value instanceof Date) {
      const valid = !Number.isNaN(value.getTime());
      return valid ? quote(value.toISOString()) : "Invalid Date";
    }
    if (value instanceof RegExp) return String(value);
    if (value instanceof ArrayBuffer) return buffer(value);
    if (value instanceof String) return inside ? quote(String(value)) : String(value);
    if (value instanceof Number || value instanceof Boolean) return String(value);
    if (value instanceof Promise) return "[object Promise]";
    const around = parents.concat([value]);
    if (value instanceof TypedArray) {
      return `${value.constructor.name}(${value.length}) ${list(Array.from(value), around)}`;
    }
    if (Array.isArray(value)) return list(value, around);
    if (value instanceof Map) {
      const pairs = [];
      value.forEach((v, k) => pairs.push(`${nested(k, around)} => ${nested(v, around)}`));
      return `Map(${value.size}) ${braces(pairs)}`;
    }
    if (value instanceof Set) {
      const items = [];
      value.forEach((v) => items.push(nested(v, around)));
      return `Set(${value.size}) ${braces(items)}`;
    }
    const members = [];
    for (const key of Object.keys(value)) {
      members.push(`${key}: ${nested(value[key], around)}`);
    }
    return braces(members);
  }

  function list(values, around) {
    if (values.length === 0) return "[]";
    const items = [];
    for (let i = 0; i < values.length; i++) {
      items.push(values[i] === undefined ? "null" : nested(values[i], around));
    }
    return `[ ${items.join(", ")} ]`;
  }

  function braces(members) {
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }

  function format(value) {
    if (typeof value === "string") return value;
    if (typeof value === "function") return "[object Function]";
    if (typeof value === "object" && value !== null) return object(value, [], false);
    return String(value);
  }

  const writer = (level) =>
    function (...args) {
      log(level, args.length === 1 ? format(args[0]) : args.map(format).join(" "));
    };

  // In k6's order.
  return {
    debug: writer(DEBUG),
    error: writer(ERROR),
    info: writer(INFO),
    log: writer(INFO),
    warn: writer(WARN),
  };
});
