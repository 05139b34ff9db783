declare module "k6" {
  /** A predicate of {@link check}, or a value that is taken as it is. */
  export type Check<T> = ((value: T) => unknown) | string | number | boolean | null | undefined;
  /** Values of tags. */
  export type Tags = Record<string, string | number | boolean>;

  /**
   * Records one result per key in the metric `checks`; true when all passed. Synchronous: an
   * async predicate throws, and a predicate that throws counts as failed before it is passed on.
   */
  export function check<T>(value: T, checks: Record<string, Check<T>>, tags?: Tags): boolean;
  /** Ends the iteration with an error. */
  export function fail(message?: string): never;
  /** Runs `body` with the tag `group`; its time goes to `group_duration`. */
  export function group<R>(name: string, body: () => R): R;
  /** Makes `Math.random` repeatable: the same seed gives the same numbers as in k6. */
  export function randomSeed(seed: number): void;
  /** Suspends the VU, its event loop included. */
  export function sleep(seconds: number): void;

  const k6: {
    check: typeof check;
    fail: typeof fail;
    group: typeof group;
    randomSeed: typeof randomSeed;
    sleep: typeof sleep;
  };
  export default k6;
}

declare module "k6/metrics" {
  import type { Tags } from "k6";

  class Metric {
    /** Declares a metric, in init code. `isTime`: values are milliseconds. */
    constructor(name: string, isTime?: boolean);
    readonly name: string;
    /** Records a value; false, with a warning, for what is no number. */
    add(value: number | boolean, tags?: Tags): boolean;
  }
  /** A sum. */
  export class Counter extends Metric {}
  /** The last value, with least and greatest. */
  export class Gauge extends Metric {}
  /** The share of values that are not zero. */
  export class Rate extends Metric {}
  /** Statistics over all values. */
  export class Trend extends Metric {}
}

declare module "k6/data" {
  /** An array that exists once per process; elements are frozen copies, parsed at each access. */
  export const SharedArray: {
    /** `build` runs in the first VU that comes here, in init code. */
    new <T>(name: string, build: () => T[]): readonly T[];
  };
}

declare module "k6/encoding" {
  /** Alphabet and padding. */
  export type Variant = "std" | "rawstd" | "url" | "rawurl";
  export function b64encode(data: string | ArrayBuffer | ArrayBufferView, variant?: Variant): string;
  export function b64decode(text: string, variant: Variant | undefined, format: "s"): string;
  export function b64decode(text: string, variant?: Variant): ArrayBuffer;
  const encoding: { b64encode: typeof b64encode; b64decode: typeof b64decode };
  export default encoding;
}

declare module "k6/timers" {
  export const setTimeout: typeof globalThis.setTimeout;
  export const setInterval: typeof globalThis.setInterval;
  export const clearTimeout: typeof globalThis.clearTimeout;
  export const clearInterval: typeof globalThis.clearInterval;
}
