// k6/x/kv: claims, which give a key to one VU at a time.
(function (native) {
  "use strict";
  const { options, typed, required, prefixOf, ttlOf, ownerOf, keysOf, claimOf, claimsOf } = native.arguments;
  const { told } = native.handle;

  // Applies `each` to claims one by one: how many went well, and those that did not.
  function sorted(claims, each, name) {
    const failed = [];
    claims.forEach((claim, index) => {
      const { id, key } = claim;
      try {
        if (each(claim)) return;
      } catch (error) {
        error.message += ` (after ${name.replace(/ed$/, "ing")} ${index - failed.length} of ${claims.length})`;
        throw error;
      }
      const message = `the claim of "${key}" is not held: it ran out, was given back, or its key is gone`;
      failed.push({ index, id, key, name: "ClaimNotUpdated", message });
    });
    return { attempted: claims.length, [name]: claims.length - failed.length, failed };
  }

  return class {
    async claimRandom(settings) {
      const given = options(settings, "claimRandom");
      return native.claimRandom(prefixOf(given), 1, ownerOf(given), ttlOf(given))[0] ?? null;
    }

    async claimRandomMany(settings) {
      const given = options(settings, "claimRandomMany");
      const count = required(given, "count", "claimRandomMany");
      return native.claimRandom(prefixOf(given), count, ownerOf(given), ttlOf(given));
    }

    async claimNext(settings) {
      const given = options(settings, "claimNext");
      return native.claimNext(prefixOf(given), ownerOf(given), ttlOf(given));
    }

    async claimForOwner(settings) {
      const given = options(settings, "claimForOwner");
      return native.claimForOwner(prefixOf(given), ownerOf(given) ?? "", ttlOf(given));
    }

    async claimKey(key, settings) {
      const given = options(settings, "claimKey");
      const { claimed } = native.claimKeys([native.key(key)], ownerOf(given), ttlOf(given), false);
      return claimed[0] ?? null;
    }

    async claimKeys(keys, settings) {
      const given = options(settings, "claimKeys");
      const all = typed(given, "allOrNothing", "boolean", false);
      return native.claimKeys(keysOf(keys, "claimKeys"), ownerOf(given), ttlOf(given), all);
    }

    async releaseClaim(claim) {
      return native.release(claimOf(claim, "releaseClaim"));
    }

    async releaseClaims(claims) {
      return sorted(claimsOf(claims, "releaseClaims"), native.release, "released");
    }

    async completeClaim(claim, settings) {
      const remove = typed(options(settings, "completeClaim"), "deleteKey", "boolean", true);
      return native.complete(claimOf(claim, "completeClaim"), remove);
    }

    async completeClaims(claims, settings) {
      const remove = typed(options(settings, "completeClaims"), "deleteKey", "boolean", true);
      const complete = (claim) => native.complete(claim, remove);
      return sorted(claimsOf(claims, "completeClaims"), complete, "completed");
    }

    async renewClaim(claim, settings) {
      const ttl = required(options(settings, "renewClaim"), "ttl", "renewClaim");
      return native.renew(claimOf(claim, "renewClaim"), ttl);
    }

    async renewClaims(claims, settings) {
      const ttl = required(options(settings, "renewClaims"), "ttl", "renewClaims");
      const renew = (claim) => native.renew(claim, ttl);
      return sorted(claimsOf(claims, "renewClaims"), renew, "renewed");
    }

    async popRandom(settings) {
      return native.popRandom(prefixOf(options(settings, "popRandom")), 1)[0] ?? null;
    }

    async popRandomMany(settings) {
      const given = options(settings, "popRandomMany");
      return native.popRandom(prefixOf(given), required(given, "count", "popRandomMany"));
    }

    async allocationStats(settings) {
      const prefix = prefixOf(options(settings, "allocationStats"));
      const { backend, trackKeys } = this[told];
      return { prefix, ...native.allocation(prefix), backend, trackKeys };
    }
  };
});
