declare module "k6" {
  /** A predicate of {@link check}, or a value that is taken as it is. */
  export type Check<T> = ((value: T) => unknown) | string | number | boolean | null | undefined;
  export interface Checker<T> {
    (value: T): unknown;
  }
  export interface Checkers<T> {
    [name: string]: Check<T>;
  }
  export type JSONValue = null | boolean | number | string | JSONArray | JSONObject;
  export interface JSONArray extends Array<JSONValue> {}
  export interface JSONObject {
    [key: string]: JSONValue;
  }
  /** Values of tags. */
  export type Tags = Record<string, string | number | boolean>;

  /**
   * Records one result per key in the metric `checks`; true when all passed. Synchronous: an
   * async predicate throws, and a predicate that throws counts as failed before it is passed on.
   */
  export function check<T>(value: T, checks: Checkers<T>, tags?: Tags): boolean;
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

  /** What all metrics have. */
  export interface Metric {
    readonly name: string;
    /** Records a value; false, with a warning, for what is no number. */
    add(value: number | boolean, tags?: Tags): boolean;
  }
  /** A sum. */
  export interface Counter extends Metric {}
  export class Counter {
    /** Declares a metric, in init code. `isTime`: values are milliseconds. */
    constructor(name: string, isTime?: boolean);
  }
  /** The last value, with least and greatest. */
  export interface Gauge extends Metric {}
  export class Gauge {
    constructor(name: string, isTime?: boolean);
  }
  /** The share of values that are not zero. */
  export interface Rate extends Metric {}
  export class Rate {
    constructor(name: string, isTime?: boolean);
  }
  /** Statistics over all values. */
  export interface Trend extends Metric {}
  export class Trend {
    constructor(name: string, isTime?: boolean);
  }
  const metrics: { Counter: typeof Counter; Gauge: typeof Gauge; Rate: typeof Rate; Trend: typeof Trend };
  export default metrics;
}

declare module "k6/data" {
  /** An array that exists once per process; elements are frozen copies, parsed at each access. */
  export const SharedArray: {
    /** `build` runs in the first VU that comes here, in init code. */
    new <T>(name: string, build: () => T[]): readonly T[];
  };
  const data: { SharedArray: typeof SharedArray };
  export default data;
}

declare module "k6/encoding" {
  /** Alphabet and padding. */
  export type Base64Variant = "std" | "rawstd" | "url" | "rawurl";
  export function b64encode(data: string | ArrayBuffer | ArrayBufferView, variant?: Base64Variant): string;
  export function b64decode(text: string, variant: Base64Variant | undefined, format: "s"): string;
  export function b64decode(text: string, variant?: Base64Variant): ArrayBuffer;
  const encoding: { b64encode: typeof b64encode; b64decode: typeof b64decode };
  export default encoding;
}

declare module "k6/timers" {
  export type TimeoutID = number;
  export type IntervalID = number;
  export const setTimeout: typeof globalThis.setTimeout;
  export const setInterval: typeof globalThis.setInterval;
  export const clearTimeout: typeof globalThis.clearTimeout;
  export const clearInterval: typeof globalThis.clearInterval;
  const timers: {
    setTimeout: typeof setTimeout;
    setInterval: typeof setInterval;
    clearTimeout: typeof clearTimeout;
    clearInterval: typeof clearInterval;
  };
  export default timers;
}
