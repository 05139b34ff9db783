// k6/execution: where the VU stands, read from the host at each access.
(function (native) {
  "use strict";
  const { GoError } = native;
  const INIT = 0;
  const ITERATION = 1;
  const AFTERWARDS = 3;

  function outsideInit(what) {
    if (native.phase() === INIT) {
      throw new GoError(`getting ${what} in the init context is not supported`);
    }
  }

  // An object of getters; `fields` maps names to functions.
  function view(fields) {
    const object = {};
    for (const name of Object.keys(fields)) {
      Object.defineProperty(object, name, { get: fields[name], enumerable: true });
    }
    return object;
  }

  const field = (read, index) => () => read()[index];

  const readScenario = () => {
    const values = native.phase() === ITERATION ? native.scenario() : undefined;
    if (values === undefined) {
      throw new GoError(
        "getting scenario information outside of the VU context is not supported",
      );
    }
    return values;
  };
  const scenario = view({
    name: field(readScenario, 0),
    executor: field(readScenario, 1),
    startTime: field(readScenario, 2),
    progress: field(readScenario, 3),
    iterationInInstance: field(readScenario, 4),
    iterationInTest: field(readScenario, 5),
  });

  const readInstance = () => {
    // Nor are they there in teardown and handleSummary, of which k6 says the same.
    if (native.phase() === AFTERWARDS) {
      throw new GoError("getting instance information in the init context is not supported");
    }
    outsideInit("instance information");
    return native.instance();
  };
  const instance = view({
    currentTestRunDuration: field(readInstance, 0),
    iterationsCompleted: field(readInstance, 1),
    iterationsInterrupted: field(readInstance, 2),
    vusActive: field(readInstance, 3),
    vusInitialized: field(readInstance, 4),
  });

  const scalar = (value) =>
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";

  // An object whose properties live in the host.
  function bag(what, plural, read, readOne, write, remove) {
    return new Proxy({}, {
      get: (target, key) => (typeof key === "string" ? readOne(key) : undefined) ?? target[key],
      has: (_, key) => typeof key === "string" && readOne(key) !== undefined,
      set(_, key, value) {
        if (typeof key !== "string" || !scalar(value)) {
          throw new TypeError(
            `invalid value for ${what} '${String(key)}': only String, Boolean and Number types are accepted as a ${what} ${plural}`,
          );
        }
        write(key, String(value));
        return true;
      },
      deleteProperty(_, key) {
        if (typeof key === "string") remove(key);
        return true;
      },
      ownKeys: () => Object.keys(read()),
      getOwnPropertyDescriptor(_, key) {
        const value = typeof key === "string" ? readOne(key) : undefined;
        if (value === undefined) return undefined;
        return { value, writable: true, enumerable: true, configurable: true };
      },
    });
  }

  const tags = bag("metric tag", "values", native.tags, native.tag, native.setTag, native.deleteTag);
  const metadata = bag(
    "metric metadata",
    "value",
    native.metadata,
    (key) => native.metadata()[key],
    native.setMetadata,
    native.deleteMetadata,
  );

  const readVu = () => {
    outsideInit("VU information");
    return native.vu();
  };
  const inVu = (value) => () => {
    outsideInit("VU information");
    return value;
  };
  const vu = view({
    idInInstance: field(readVu, 0),
    idInTest: field(readVu, 1),
    iterationInInstance: field(readVu, 2),
    iterationInScenario: field(readVu, 3),
    tags: inVu(tags),
    metrics: inVu(view({ tags: inVu(tags), metadata: inVu(metadata) })),
  });

  function freeze(value) {
    if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(freeze);
      Object.freeze(value);
    }
    return value;
  }

  let options;
  const test = view({
    options() {
      outsideInit("test options");
      return (options ??= freeze(native.options()));
    },
  });
  test.abort = native.abort;
  test.fail = native.fail;

  return { instance, scenario, test, vu };
});
