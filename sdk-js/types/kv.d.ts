declare module "k6/x/kv" {
  export type Backend = "memory" | "disk";
  export type Serialization = "json" | "string";

  export interface OpenKvOptions {
    /** `memory` lives as long as the run, `disk` in a folder. Default: `disk`. */
    backend?: Backend;
    /** Values are JSON, or strings and bytes. Default: `json`. */
    serialization?: Serialization;
    /** Keeps all keys in memory and in order: random keys become cheap. Default: false. */
    trackKeys?: boolean;
    /** The folder of a disk store. Default: `./.k6.kv`. */
    path?: string;
    memory?: {
      /** Parts with a lock of their own; 0 chooses. */
      shardCount?: number;
      /** What keys and values may take. Default: 2 GiB. */
      maxBytes?: number;
    };
    disk?: {
      /** How long to wait while another process has the store: ms, or "1s". Default: 1 s. */
      timeout?: number | string;
      /** Every write is on the disk before its promise resolves. Default: false. */
      sync?: boolean;
      /** `false` is the same as `sync: true`. */
      noSync?: boolean;
      readOnly?: boolean;
      /** Settings of bbolt, accepted and without effect. */
      noGrowSync?: boolean;
      noFreelistSync?: boolean;
      preLoadFreelist?: boolean;
      freelistType?: "" | "array" | "map";
      initialMmapSize?: number | string;
      mlock?: boolean;
    };
    /** Measures every call as `xk6_kv_operations_total` and its siblings. */
    metrics?: { operations?: boolean };
  }

  /** What a promise of the store is rejected with. */
  export interface KVError extends Error {
    /** Such as `KeyNotFoundError`. */
    name: string;
    /** Of `setMany`: every entry that is wrong. */
    errors?: { key: string; name: string; message: string }[];
  }

  /** How long an entry stays, in milliseconds. */
  export interface TtlOptions {
    ttl?: number;
  }
  export interface PrefixOptions {
    prefix?: string;
  }
  export interface Entry<T = any> {
    key: string;
    value: T;
  }
  export interface ListOptions extends PrefixOptions {
    /** None, 0 and less: no limit. */
    limit?: number;
  }
  export interface ScanOptions extends ListOptions {
    /** Of the page before; "" or none to begin. */
    cursor?: string;
  }
  export interface ClaimTerms {
    /** Up to 256 bytes. */
    owner?: string;
    /** Milliseconds, up to 24 hours. Default: 30,000. */
    ttl?: number;
  }
  export interface ClaimRef {
    id: string;
    key: string;
    /** Greater than that of any earlier claim. */
    token: number;
  }
  export interface Claim<T = any> extends ClaimRef {
    owner?: string;
    /** Unix milliseconds. */
    expiresAt: number;
    /** As it was when it was claimed. */
    entry: Entry<T>;
  }
  export interface CsvOptions {
    fileName: string;
    /** The column with the keys; `column_0` and so on without a header. */
    keyColumn: string;
    hasHeader?: boolean;
    delimiter?: string;
    limit?: number;
    batchSize?: number;
  }
  export interface Validation {
    valid: boolean;
    fileName: string;
    bytesRead: number;
    checkedAll: boolean;
    firstError?: string;
  }
  export interface KVStats {
    backend: Backend;
    serialization: Serialization;
    trackKeys: boolean;
    count: number;
    claims: { live: number; expired: number };
    index: { enabled: boolean; keysList: number; consistent: boolean } | null;
    disk: { path: string; sizeBytes: number; readOnly: boolean } | null;
    memory: { sizeBytes: number } | null;
  }
  type Detailed<Name extends string, T> =
    | ({ [key in Name]: true } & { reason: Name })
    | ({ [key in Name]: false } & { reason: "mismatch"; existed: boolean; current?: T });

  /** Reads and writes that take effect together, or not at all. */
  export interface Transaction {
    /** Rejects with KeyNotFoundError. */
    get<T = any>(key: string): Promise<T>;
    exists(key: string): Promise<boolean>;
    set<T>(key: string, value: T, options?: TtlOptions): Promise<T>;
    delete(key: string): Promise<boolean>;
  }

  export interface KV {
    /** Rejects with KeyNotFoundError where there is no such key. */
    get<T = any>(key: string): Promise<T>;
    /** Resolves to the value. */
    set<T>(key: string, value: T, options?: TtlOptions): Promise<T>;
    /** Resolves to true, whether or not the key was there. */
    delete(key: string): Promise<boolean>;
    exists(key: string): Promise<boolean>;
    clear(): Promise<boolean>;
    size(): Promise<number>;
    count(options?: PrefixOptions): Promise<number>;
    /** Gives a key another time to live in milliseconds, or none; false where there is no key. */
    expire(key: string, ttl?: number): Promise<boolean>;
    /** Milliseconds left, Infinity for ever, null for no key. */
    ttl(key: string): Promise<number | null>;

    /** In the order of `keys`, as of one moment. */
    getMany(keys: string[]): Promise<{ key: string; exists: boolean; value: any }[]>;
    /** All or none; rejects with `errors` for entries that cannot be stored. */
    setMany(entries: Record<string, any>, options?: TtlOptions): Promise<{ written: number }>;
    deleteMany(keys: string[]): Promise<{ deleted: number; missing: number }>;
    deleteByPrefix(options: ListOptions): Promise<{ deleted: number; done: boolean }>;

    /** An absent key counts as 0. */
    incrementBy(key: string, delta: number): Promise<number>;
    getOrSet<T = any>(key: string, value: T, options?: TtlOptions): Promise<{ value: T; loaded: boolean }>;
    swap<T = any>(key: string, value: T, options?: TtlOptions): Promise<{ previous: T | null; loaded: boolean }>;
    /** `oldValue` null stands for an absent key. */
    compareAndSwap(key: string, oldValue: any, newValue: any, options?: TtlOptions): Promise<boolean>;
    compareAndSwapDetailed<T = any>(
      key: string,
      oldValue: any,
      newValue: T,
      options?: { includeCurrentOnMismatch?: boolean },
    ): Promise<Detailed<"swapped", T>>;
    setIfAbsent(key: string, value: any, options?: TtlOptions): Promise<boolean>;
    deleteIfExists(key: string): Promise<boolean>;
    compareAndDelete(key: string, oldValue: any): Promise<boolean>;
    compareAndDeleteDetailed<T = any>(
      key: string,
      oldValue: T,
      options?: { includeCurrentOnMismatch?: boolean },
    ): Promise<Detailed<"deleted", T>>;
    /**
     * Runs `body` and then makes all its changes at once, unless others changed what it read:
     * then it runs again. Rejects with TransactionConflictError after `attempts` (100).
     */
    transaction<R>(body: (tx: Transaction) => R | Promise<R>, options?: { attempts?: number }): Promise<R>;

    scan(options?: ScanOptions): Promise<{ entries: Entry[]; cursor: string; done: boolean }>;
    scanKeys(options?: ScanOptions): Promise<{ keys: string[]; cursor: string; done: boolean }>;
    /** In the order of keys; at most 250,000. */
    list(options?: ListOptions): Promise<Entry[]>;
    listKeys(options?: ListOptions): Promise<string[]>;
    /** "" where no key matches. */
    randomKey(options?: PrefixOptions): Promise<string>;
    randomKeys(options?: PrefixOptions & { count?: number; unique?: boolean }): Promise<string[]>;
    /** Each call gets the next entry, and after the last the first; null where there is none. */
    nextCircular<T = any>(options?: PrefixOptions): Promise<Entry<T> | null>;

    claimRandom<T = any>(options?: PrefixOptions & ClaimTerms): Promise<Claim<T> | null>;
    claimRandomMany<T = any>(options?: PrefixOptions & ClaimTerms & { count?: number }): Promise<Claim<T>[]>;
    /** The first free key in order. */
    claimNext<T = any>(options?: PrefixOptions & ClaimTerms): Promise<Claim<T> | null>;
    /** The same claim for the same owner, until it ends. */
    claimForOwner<T = any>(options: PrefixOptions & ClaimTerms & { owner: string }): Promise<Claim<T> | null>;
    claimKey<T = any>(key: string, options?: ClaimTerms): Promise<Claim<T> | null>;
    claimKeys<T = any>(
      keys: string[],
      options?: ClaimTerms & { allOrNothing?: boolean },
    ): Promise<{ claimed: Claim<T>[]; busy: string[]; missing: string[] }>;
    /** False, here and below, where the claim is not held any more. */
    releaseClaim(claim: ClaimRef): Promise<boolean>;
    releaseClaims(claims: ClaimRef[]): Promise<{ released: number; failed: ClaimRef[] }>;
    /** Removes the key, unless `deleteKey` is false. */
    completeClaim(claim: ClaimRef, options?: { deleteKey?: boolean }): Promise<boolean>;
    completeClaims(
      claims: ClaimRef[],
      options?: { deleteKey?: boolean },
    ): Promise<{ completed: number; failed: ClaimRef[] }>;
    renewClaim(claim: ClaimRef, options?: { ttl?: number }): Promise<boolean>;
    renewClaims(claims: ClaimRef[], options?: { ttl?: number }): Promise<{ renewed: number; failed: ClaimRef[] }>;
    popRandom<T = any>(options?: PrefixOptions): Promise<Entry<T> | null>;
    popRandomMany<T = any>(options?: PrefixOptions & { count?: number }): Promise<Entry<T>[]>;
    allocationStats(options?: PrefixOptions): Promise<{ total: number; claimedLive: number; claimable: number }>;

    importCSV(options: CsvOptions): Promise<{ imported: number; fileName: string; bytesRead: number }>;
    validateCSV(options: CsvOptions): Promise<Validation & { rows: number }>;
    exportCSV(options: {
      fileName: string;
      prefix?: string;
      columns?: string[];
      includeKey?: boolean;
      delimiter?: string;
      limit?: number;
    }): Promise<{ exported: number; fileName: string; bytesWritten: number }>;
    /** Lines of `{"key": …, "value": …}`. */
    importJSONL(options: {
      fileName: string;
      limit?: number;
      batchSize?: number;
    }): Promise<{ imported: number; fileName: string; bytesRead: number }>;
    validateJSONL(options: { fileName: string; limit?: number }): Promise<Validation & { records: number }>;
    exportJSONL(options: {
      fileName: string;
      prefix?: string;
      limit?: number;
    }): Promise<{ exported: number; fileName: string; bytesWritten: number }>;
    /** All entries as of one moment; writers are never held up. */
    backup(options: {
      fileName: string;
      allowConcurrentWrites?: boolean;
    }): Promise<{ totalEntries: number; bytesWritten: number; bestEffort: boolean }>;
    /** Replaces all entries; nothing changes where the file is not good. */
    restore(options: {
      fileName: string;
      maxEntries?: number;
      maxBytes?: number;
    }): Promise<{ totalEntries: number }>;

    rebuildKeyList(): Promise<boolean>;
    stats(): Promise<KVStats>;
    /** Records the statistics as gauges: `xk6_kv_keys` and its siblings. */
    reportStats(): Promise<void>;
    /** Closes the store for all VUs; for the end of teardown. */
    close(): void;
  }

  /**
   * The store of this run, in init code. All calls of a run must have the same options
   * (KVOptionsConflictError).
   */
  export function openKv(options?: OpenKvOptions): KV;
  const kv: { openKv: typeof openKv };
  export default kv;
}
