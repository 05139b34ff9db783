// A value as JSON by the rules that k6 has for options and for the result of setup(). Unlike
// JSON.stringify: undefined members become null, dates RFC 3339 with the fraction cut off,
// typed arrays Base64, maps lists of pairs, sets lists, symbols their descriptions, dates that are
// none null, and the methods of host objects left out; NaN, infinities, functions and cycles are errors.
(function (native) {
  "use strict";
  const { isHostObject } = native;
  const quote = JSON.stringify;
  const TypedArray = Object.getPrototypeOf(Uint8Array);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  function base64(bytes) {
    let text = "";
    for (let i = 0; i < bytes.length; i += 3) {
      const group = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      text += alphabet[group >> 18] + alphabet[(group >> 12) & 63];
      text += i + 1 < bytes.length ? alphabet[(group >> 6) & 63] : "=";
      text += i + 2 < bytes.length ? alphabet[group & 63] : "=";
    }
    return text;
  }

  function date(value) {
    if (Number.isNaN(value.getTime())) return "null";
    const text = value.toISOString();
    return quote(value.getMilliseconds() === 0 ? text.replace(".000Z", "Z") : text);
  }

  function fail(path, what) {
    throw new TypeError(`unsupported ${what}${path === "" ? "" : ` at ${path}`}`);
  }

  function write(value, path, parents) {
    switch (typeof value) {
      case "undefined":
        return "null";
      case "boolean":
      case "string":
        return quote(value);
      case "number":
        if (!Number.isFinite(value)) fail(path, `value: ${value}`);
        return quote(value);
      case "bigint":
        return value.toString();
      case "function":
        return fail(path, "type: function");
      case "symbol":
        return quote(value.description ?? "");
    }
    if (value === null) return "null";
    if (value instanceof Date) return date(value);
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return write(value.valueOf(), path, parents);
    }
    if (value instanceof ArrayBuffer || value instanceof RegExp) return "{}";
    if (value instanceof Uint8Array) return quote(base64(value));
    if (parents.includes(value)) fail(path, "value: a cycle");
    parents.push(value);
    let text;
    if (Array.isArray(value) || value instanceof TypedArray) {
      text = list(value, path, parents);
    } else if (value instanceof Map) {
      text = list(Array.from(value), path, parents);
    } else if (value instanceof Set) {
      text = list(Array.from(value), path, parents);
    } else {
      const members = [];
      const host = isHostObject(value);
      for (const key of Object.keys(value)) {
        if (host && typeof value[key] === "function") continue;
        const inner = path === "" ? key : `${path}.${key}`;
        members.push(`${quote(key)}:${write(value[key], inner, parents)}`);
      }
      text = `{${members.join(",")}}`;
    }
    parents.pop();
    return text;
  }

  function list(values, path, parents) {
    const items = [];
    for (let i = 0; i < values.length; i++) {
      items.push(write(values[i], `${path}[${i}]`, parents));
    }
    return `[${items.join(",")}]`;
  }

  return (value) => write(value, "", []);
});
