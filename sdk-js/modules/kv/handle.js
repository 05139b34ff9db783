// k6/x/kv: what a store's handle keeps that scripts do not see, and how its methods come to it.
(function (native) {
  "use strict";

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

  // What openKv was told, and the gauges of reportStats.
  const told = Symbol("told");
  const reported = Symbol("reported");
  const hide = (kv, name, value) => Object.defineProperty(kv, name, { value });

  return { own, told, reported, hide };
});
