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
      /** Parts with a lock of their own, up to 65,536; 0 and less choose. */
      shardCount?: number;
      /** What keys and values may take. Default: 2 GiB. */
      maxBytes?: number;
    };
    disk?: {
      /** How long to wait while another process has the store: ms, or "1s"; 0: for ever. Default: 5 s. */
      timeout?: number | string;
      /** Every write is on the disk before its promise resolves. Default: false. */
      sync?: boolean;
      /** `false` is the same as `sync: true`. */
      noSync?: boolean;
      /** The store must exist; what would change it rejects with StoreReadOnlyError. */
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

  /** Names of the errors that promises of the store are rejected with. */
  export type KVErrorName =
    // What was given.
    | "BackupOptionsRequiredError"
    | "InvalidBackendError"
    | "InvalidCursorError"
    | "InvalidOptionsError"
    | "InvalidSerializationError"
    | "KVOptionsConflictError"
    | "RestoreOptionsRequiredError"
    | "SerializerError"
    | "UnsupportedValueTypeError"
    | "ValueNumberRequiredError"
    | "ValueTooLargeError"
    // What is there.
    | "KeyNotFoundError"
    | "StoreFullError"
    | "TransactionConflictError"
    | "ValueParseError"
    // The state of the store. The first is for a backup or restore while another of either goes on.
    | "BackupInProgressError"
    | "DatabaseNotOpenError"
    | "MetricsUnavailableError"
    | "StoreClosedError"
    | "StoreReadOnlyError"
    | "UnknownError"
    // Its folder.
    | "DiskPathError"
    | "DiskStoreDeleteError"
    | "DiskStoreExistsError"
    | "DiskStoreIndexError"
    | "DiskStoreOpenError"
    | "DiskStoreReadError"
    | "DiskStoreScanError"
    | "DiskStoreSizeError"
    | "DiskStoreWriteError"
    | "KeyListRebuildError"
    // Files.
    | "SnapshotBudgetExceededError"
    | "SnapshotExportError"
    | "SnapshotIOError"
    | "SnapshotNotFoundError"
    | "SnapshotPermissionError"
    | "SnapshotReadError";

  /** What a promise of the store is rejected with. */
  export interface KVError extends Error {
    name: KVErrorName;
    /** Of `setMany`: every entry that is wrong (`InvalidEntries`, `EmptyKey`, `SerializerError`, …). */
    errors?: { key?: string; name: string; message: string }[];
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
    /** Of a list up to 250,000, of a page up to 100,000. None, 0 and less: no limit. */
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
  /** A claim that `releaseClaims` and its siblings could do nothing with. */
  export interface ClaimFailure {
    /** In the array that was given. */
    index: number;
    id: string;
    key: string;
    name: "ClaimNotUpdated";
    message: string;
  }
  export interface CsvFormat {
    fileName: string;
    /** Default: true. */
    hasHeader?: boolean;
    /** One ASCII character. Default: ",". */
    delimiter?: string;
    /** Rows, up to 1,000,000; none and 0: all. */
    limit?: number;
  }
  export interface CsvOptions extends CsvFormat {
    /** The column with the keys: its name, or without a header its number, "0" and so on. */
    keyColumn: string;
    /** Rows that are put at once, up to 10,000. Default: 1,000. */
    batchSize?: number;
  }
  export interface Validation<Place extends string> {
    /** Of the whole file only where `checkedAll` is true. */
    valid: boolean;
    bytesRead: number;
    /** No limit ended the look at the file. */
    checkedAll: boolean;
    /** Where `valid` is false. `row` and `line` are the line of the file. */
    firstError?: { [place in Place]: number } & { name: string; message: string };
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

    /** In the order of `keys`, as of one moment; a key that is not there has the value null. */
    getMany(keys: string[]): Promise<{ key: string; exists: boolean; value: any }[]>;
    /** All or none; rejects with `errors` for entries that cannot be stored. */
    setMany(entries: Record<string, any>, options?: TtlOptions): Promise<{ written: number }>;
    deleteMany(keys: string[]): Promise<{ deleted: number; missing: number }>;
    /** Removes `limit` keys at most, up to 100,000; `done` when none is left. */
    deleteByPrefix(options: { prefix: string; limit: number }): Promise<{ deleted: number; done: boolean }>;

    /**
     * Adds a whole number to one, which may be stored as a text ("41"); an absent key counts as 0.
     * Rejects with ValueNumberRequiredError for any other `delta`, and with ValueParseError where
     * the value is no whole number of 64 bits, or would not be one.
     */
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
    /** Up to `count` (1 to 1,000,000) keys in random order; with `unique` (default: true) each once. */
    randomKeys(options: PrefixOptions & { count: number; unique?: boolean }): Promise<string[]>;
    /** Each call gets the next entry, and after the last the first; null where there is none. */
    nextCircular<T = any>(options?: PrefixOptions): Promise<Entry<T> | null>;

    claimRandom<T = any>(options?: PrefixOptions & ClaimTerms): Promise<Claim<T> | null>;
    claimRandomMany<T = any>(options: PrefixOptions & ClaimTerms & { count: number }): Promise<Claim<T>[]>;
    /** The first free key in order. */
    claimNext<T = any>(options?: PrefixOptions & ClaimTerms): Promise<Claim<T> | null>;
    /** The same claim for the same owner, until it ends. */
    claimForOwner<T = any>(options: PrefixOptions & ClaimTerms & { owner: string }): Promise<Claim<T> | null>;
    claimKey<T = any>(key: string, options?: ClaimTerms): Promise<Claim<T> | null>;
    /** With `allOrNothing` it ends at the first key that cannot be had, and gives the others back. */
    claimKeys<T = any>(
      keys: string[],
      options?: ClaimTerms & { allOrNothing?: boolean },
    ): Promise<{ claimed: Claim<T>[]; busy: string[]; missing: string[] }>;
    /** False, here and below, where the claim is not held any more, or its key is gone. */
    releaseClaim(claim: ClaimRef): Promise<boolean>;
    releaseClaims(claims: ClaimRef[]): Promise<{ attempted: number; released: number; failed: ClaimFailure[] }>;
    /** Removes the key, unless `deleteKey` is false. */
    completeClaim(claim: ClaimRef, options?: { deleteKey?: boolean }): Promise<boolean>;
    completeClaims(
      claims: ClaimRef[],
      options?: { deleteKey?: boolean },
    ): Promise<{ attempted: number; completed: number; failed: ClaimFailure[] }>;
    /** Gives it another `ttl` from now on. */
    renewClaim(claim: ClaimRef, options: { ttl: number }): Promise<boolean>;
    renewClaims(
      claims: ClaimRef[],
      options: { ttl: number },
    ): Promise<{ attempted: number; renewed: number; failed: ClaimFailure[] }>;
    popRandom<T = any>(options?: PrefixOptions): Promise<Entry<T> | null>;
    popRandomMany<T = any>(options: PrefixOptions & { count: number }): Promise<Entry<T>[]>;
    allocationStats(options?: PrefixOptions): Promise<{
      prefix: string;
      total: number;
      claimable: number;
      claimedLive: number;
      /** Claims that ran out and whose key nobody has claimed since; such a key is claimable. */
      claimedExpired: number;
      backend: Backend;
      trackKeys: boolean;
    }>;

    /** What was put before a bad row stays. */
    importCSV(options: CsvOptions): Promise<{ imported: number; fileName: string; bytesRead: number }>;
    /** Without `keyColumn` only the form of the file is looked at. Resolves for a bad file, too. */
    validateCSV(options: CsvFormat & { keyColumn?: string }): Promise<Validation<"row"> & { rows: number }>;
    /** Values must be flat objects. */
    exportCSV(options: {
      fileName: string;
      prefix?: string;
      /** Members of the values, each named once; "key" only where `includeKey` is false. */
      columns: string[];
      /** The key as the first column. Default: true. */
      includeKey?: boolean;
      delimiter?: string;
      /** Entries, up to 1,000,000; none, 0 and less: all. */
      limit?: number;
    }): Promise<{ exported: number; fileName: string; bytesWritten: number }>;
    /** Lines of `{"key": …, "value": …}`. */
    importJSONL(options: {
      fileName: string;
      limit?: number;
      batchSize?: number;
    }): Promise<{ imported: number; fileName: string; bytesRead: number }>;
    validateJSONL(options: { fileName: string; limit?: number }): Promise<
      Validation<"line"> & { records: number }
    >;
    exportJSONL(options: {
      fileName: string;
      prefix?: string;
      limit?: number;
    }): Promise<{ exported: number; fileName: string; bytesWritten: number }>;
    /**
     * All entries as of one moment; writers are never held up. `bestEffort` is true, and `warning`
     * not empty, for a memory store and `allowConcurrentWrites`.
     */
    backup(options: {
      /** Default: the `path` of the store. A store on disk is in its own folder already: nothing is copied there. */
      fileName?: string;
      allowConcurrentWrites?: boolean;
    }): Promise<{ totalEntries: number; bytesWritten: number; bestEffort: boolean; warning: string }>;
    /** Replaces all entries; nothing changes where the file is not good. */
    restore(options: {
      fileName?: string;
      maxEntries?: number;
      maxBytes?: number;
    }): Promise<{ totalEntries: number }>;

    rebuildKeyList(): Promise<boolean>;
    stats(): Promise<KVStats>;
    /** Records the statistics as gauges: `xk6_kv_keys` and its siblings. */
    reportStats(): Promise<void>;
    /** Closes it for whoever has this object; for the end of teardown. */
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
