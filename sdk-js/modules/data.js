// k6/data: SharedArray. The elements are JSON texts in the host, one copy for all VUs; reading
// one parses and freezes it.
(function (native) {
  "use strict";
  const { GoError } = native;

  function freeze(value) {
    if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(freeze);
      Object.freeze(value);
    }
    return value;
  }

  function immutable() {
    throw new TypeError("SharedArray is immutable");
  }

  const index = (key) => {
    if (typeof key !== "string") return -1;
    const number = Number(key);
    return Number.isInteger(number) && number >= 0 && String(number) === key ? number : -1;
  };

  // The target is an empty array, so that Array.isArray holds and Array's methods apply; its
  // own `length` cannot be redefined, hence the care in getOwnPropertyDescriptor.
  function handler(id, length) {
    const element = (i) => (i < length ? freeze(native.get(id, i)) : undefined);
    return {
      get(target, key) {
        if (key === "length") return length;
        const i = index(key);
        return i < 0 ? target[key] : element(i);
      },
      has(target, key) {
        const i = index(key);
        return i < 0 ? key in target : i < length;
      },
      ownKeys() {
        const keys = [];
        for (let i = 0; i < length; i++) keys.push(String(i));
        keys.push("length");
        return keys;
      },
      getOwnPropertyDescriptor(target, key) {
        if (key === "length") {
          return { value: length, writable: true, enumerable: false, configurable: false };
        }
        const i = index(key);
        if (i < 0 || i >= length) return undefined;
        return { value: element(i), writable: true, enumerable: true, configurable: true };
      },
      set: immutable,
      defineProperty: immutable,
      deleteProperty: immutable,
      setPrototypeOf: immutable,
      preventExtensions: immutable,
    };
  }

  function SharedArray(name, builder) {
    if (!native.inInit()) {
      throw new GoError("new SharedArray must be called in the init context");
    }
    if (String(name) === "") {
      throw new GoError("empty name provided to SharedArray's constructor");
    }
    if (typeof builder !== "function") {
      throw new GoError("a function is expected as the second argument of SharedArray's constructor");
    }
    let found = native.open(String(name));
    if (found === undefined) {
      const built = builder();
      if (typeof built?.then === "function") {
        throw new GoError("SharedArray constructor does not support async functions as second argument");
      }
      if (!Array.isArray(built)) {
        throw new GoError("only arrays can be made into SharedArray");
      }
      const texts = [];
      // What has no JSON (undefined, a function, a hole) is an error when it is read, as in k6.
      for (let i = 0; i < built.length; i++) texts.push(String(JSON.stringify(built[i])));
      found = native.create(String(name), texts);
    }
    return new Proxy([], handler(found[0], found[1]));
  }

  return { SharedArray };
});
