// Globals of a script. Times are milliseconds unless said otherwise.

/** Environment variables: the system's, then `-e NAME=value`, then the scenario's `env`. */
declare var __ENV: { [name: string]: string };
/** Number of this VU, from 1; 0 in the first init, setup, teardown and handleSummary. */
declare var __VU: number;
/** Iterations that this VU has finished; undefined outside iterations. */
declare var __ITER: number;

/** Reads a text file. Only in init code; relative to the main script. */
declare function open(path: string): string;
/** Reads a file as bytes. */
declare function open(path: string, mode: "b"): ArrayBuffer;
/** Loads a CommonJS module. Only in init code. */
declare function require(specifier: string): any;

/** Calls `callback` once. An iteration ends only when none of its timers is left. */
declare function setTimeout<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): number;
/** Calls `callback` again and again until it is cleared. */
declare function setInterval<A extends unknown[]>(callback: (...args: A) => void, delay?: number, ...args: A): number;
declare function clearTimeout(id?: number): void;
declare function clearInterval(id?: number): void;

/** Writes lines to the run's log. */
declare const console: {
  log(...values: unknown[]): void;
  /** Shown with `--verbose`. */
  debug(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
};

declare class TextEncoder {
  readonly encoding: "utf-8";
  encode(text?: string): Uint8Array;
}

declare class TextDecoder {
  constructor(label?: "utf-8" | "utf-16le" | "utf-16be" | (string & {}), options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(bytes?: ArrayBuffer | ArrayBufferView): string;
}

declare const crypto: {
  /** Fills integers with one random byte per element; at most 65,536 elements. */
  getRandomValues<T extends ArrayBufferView>(array: T): T;
  randomUUID(): string;
};

interface ImportMeta {
  /** Absolute URL of a specifier as seen from this module. */
  resolve(specifier: string): string;
}
