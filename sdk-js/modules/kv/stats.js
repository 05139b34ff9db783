// k6/x/kv: what there is in the store, and as metrics.
(function (native) {
  "use strict";
  const { Gauge } = native.metrics;
  const { KvError } = native.arguments;
  const { reported, hide } = native.handle;

  // Metrics can be declared in init code only.
  native.declareGauges = (kv) => {
    hide(kv, reported, {
      keys: new Gauge("xk6_kv_keys"),
      live: new Gauge("xk6_kv_claims_live"),
      expired: new Gauge("xk6_kv_claims_expired"),
      index: new Gauge("xk6_kv_index_keys"),
      consistent: new Gauge("xk6_kv_index_consistent"),
      disk: new Gauge("xk6_kv_disk_size_bytes"),
    });
  };

  return class {
    async rebuildKeyList() {
      native.rebuild();
      return true;
    }

    async stats() {
      return native.stats();
    }

    async reportStats() {
      const gauges = this[reported];
      if (gauges === undefined || native.inInit()) {
        throw new KvError("MetricsUnavailableError", "reportStats cannot be used in init code");
      }
      const stats = native.stats();
      const tags = { backend: stats.backend };
      gauges.keys.add(stats.count, tags);
      gauges.live.add(stats.claims.live, tags);
      gauges.expired.add(stats.claims.expired, tags);
      if (stats.index !== null) {
        gauges.index.add(stats.index.keysList, { ...tags, index: "keys_list" });
        gauges.consistent.add(stats.index.consistent, tags);
      }
      if (stats.disk !== null) gauges.disk.add(stats.disk.sizeBytes, tags);
    }
  };
});
