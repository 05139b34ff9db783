// Reading these in init code throws; `scenario` throws outside iterations, too.
declare module "k6/execution" {
  import type { Options } from "k6/options";

  /** Names with values that go with every sample of this VU, until its next scenario. */
  export type Bag = Record<string, string | number | boolean>;

  export interface Scenario {
    readonly name: string;
    readonly executor: string;
    /** Unix time. */
    readonly startTime: number;
    /** 0 to 1. */
    readonly progress: number;
    /** From 0. */
    readonly iterationInInstance: number;
    readonly iterationInTest: number;
  }

  export interface Instance {
    readonly currentTestRunDuration: number;
    readonly iterationsCompleted: number;
    readonly iterationsInterrupted: number;
    readonly vusActive: number;
    readonly vusInitialized: number;
  }

  export interface VirtualUser {
    /** From 1; 0 in setup and teardown. */
    readonly idInInstance: number;
    readonly idInTest: number;
    /** From 0. */
    readonly iterationInInstance: number;
    readonly iterationInScenario: number;
    readonly tags: Bag;
    readonly metrics: {
      readonly tags: Bag;
      /** Goes to outputs but is not indexed: thresholds do not see it. */
      readonly metadata: Bag;
    };
  }

  export interface Test {
    /** The options as resolved, frozen; null for what is unset. */
    readonly options: Readonly<Options>;
    /** Ends the run, with exit code 108. Nothing can catch it. */
    abort(message?: string): never;
    /** Lets the run go on, and end with exit code 110. */
    fail(message?: string): void;
  }

  export const scenario: Scenario;
  export const instance: Instance;
  export const vu: VirtualUser;
  export const test: Test;
  const execution: { scenario: Scenario; instance: Instance; vu: VirtualUser; test: Test };
  export default execution;
}
