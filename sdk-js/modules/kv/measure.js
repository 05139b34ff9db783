// k6/x/kv: `metrics.operations`, with which each method of a handle is measured.
(function (native) {
  "use strict";
  const { Counter, Gauge, Rate, Trend } = native.metrics;

  const snake = (name) =>
    name.replace(/CSV|JSONL/, (word) => `_${word.toLowerCase()}`)
      .replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

  // What can come back with nothing.
  const pickers = new Set([
    "randomKey", "randomKeys", "nextCircular", "popRandom", "popRandomMany", "claimRandom",
    "claimRandomMany", "claimNext", "claimForOwner", "claimKey",
  ]);

  // metrics.operations: each method of this handle is measured.
  return function measure(kv, methods, common) {
    const total = new Counter("xk6_kv_operations_total");
    const duration = new Trend("xk6_kv_operation_duration", true);
    const failed = new Rate("xk6_kv_operation_failed");
    const errors = new Counter("xk6_kv_errors_total");
    const empty = new Rate("xk6_kv_empty_result");
    const running = new Gauge("xk6_kv_async_in_flight");
    let inFlight = 0;
    const isEmpty = (result) => result === "" || result === null || result.length === 0;
    for (const name of methods) {
      const plain = kv[name];
      const tags = { ...common, op: snake(name) };
      kv[name] = async function (...args) {
        const start = native.now();
        running.add(++inFlight, common);
        const done = (status, error) => {
          running.add(--inFlight, common);
          const all = { ...tags, status };
          total.add(1, all);
          duration.add(native.now() - start, all);
          failed.add(error !== undefined, tags);
          if (error !== undefined) errors.add(1, { ...tags, error_type: error?.name ?? "UnknownError" });
        };
        try {
          const result = await plain.apply(this, args);
          done("success");
          if (pickers.has(name)) empty.add(isEmpty(result), tags);
          return result;
        } catch (error) {
          done("error", error);
          throw error;
        }
      };
    }
  };
});
