// k6/x/kv: the store that the VUs of a run share. Native functions do the work and throw KvErrors;
// `get`, `set` and the other small ones are native promises from end to end. The rest is in the files
// beside this one, a class each, whose methods all belong to a handle.
(function (native) {
  "use strict";
  const { KvError, invalid, opened } = native.arguments;
  const { own, told, hide } = native.handle;

  class KV {
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
  for (const part of native.parts) {
    const { constructor, ...methods } = Object.getOwnPropertyDescriptors(part.prototype);
    Object.defineProperties(KV.prototype, methods);
  }

  const methods = Object.getOwnPropertyNames(KV.prototype)
    .filter((name) => name !== "constructor" && name !== "close");

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
    native.declareGauges(kv);
    if (given.operations) {
      native.measure(kv, methods, { backend, serialization, track_keys: String(trackKeys) });
    }
    return own(kv);
  }

  return { openKv };
});
