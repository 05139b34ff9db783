// Only types: `import type { Options } from "k6/options"`.
declare module "k6/options" {
  import type { CipherSuite } from "k6/http";

  /** Text such as `1m30s`, or milliseconds. */
  export type Duration = string | number;
  /** Names and what they stand for. */
  type Names<T> = { [name: string]: T };

  /** What a script exports as `options`. Flags and variables of the environment win over it. */
  export interface Options {
    /** VUs of the only scenario. */
    vus?: number;
    /** How long they loop. */
    duration?: Duration;
    /** How many iterations they share. */
    iterations?: number;
    /** How many VUs loop from when to when. */
    stages?: Stage[];
    /** In place of the four above. */
    scenarios?: Names<Scenario>;
    /** Conditions by metric, or by metric and tags: `http_req_duration{status:200}`. */
    thresholds?: Names<Threshold[]>;

    /** Of `http.batch`: how many requests at once; 20 unless set. */
    batch?: number;
    /** The same for one host; 6 unless set. */
    batchPerHost?: number;
    /** Networks that are not reached. */
    blacklistIPs?: string[];
    /** Names that are not reached; `*` may stand first. */
    blockHostnames?: string[];
    /** Carried for the cloud, and not used. */
    cloud?: CloudOptions;
    /** Read bodies and forget them, unless a request has a `responseType`. */
    discardResponseBodies?: boolean;
    dns?: {
      /** How long answers are kept: a duration, `inf` or `0`. */
      ttl?: string;
      select?: "first" | "random" | "roundRobin";
      policy?: "preferIPv4" | "preferIPv6" | "onlyIPv4" | "onlyIPv6" | "any";
    };
    /** The part of the test that this process runs, such as `0:1/2`. */
    executionSegment?: string;
    executionSegmentSequence?: string;
    ext?: Names<CollectorOptions>;
    handleSummaryTimeout?: Duration;
    /** Addresses for names: `{ "test.example": "127.0.0.1:8080" }`. */
    hosts?: Names<string>;
    /** Log requests and answers. */
    httpDebug?: "" | "full" | (string & {});
    insecureSkipTLSVerify?: boolean;
    /** Wait at the end, for whoever looks at the REST API. */
    linger?: boolean;
    /** Addresses to connect from. */
    localIPs?: string;
    maxRedirects?: number;
    metricSamplesBufferSize?: number;
    /** Shorter iterations wait. */
    minIterationDuration?: Duration;
    noConnectionReuse?: boolean;
    /** Keep each VU's cookies from one iteration to the next. */
    noCookiesReset?: boolean;
    noSetup?: boolean;
    noTeardown?: boolean;
    noUsageReport?: boolean;
    noVUConnectionReuse?: boolean;
    /** Begin when the REST API says so. */
    paused?: boolean;
    /** Requests per second of all VUs, at most. */
    rps?: number;
    setupTimeout?: Duration;
    summaryTimeUnit?: "s" | "ms" | "us" | null;
    /** What is shown of trends, such as `p(95)`. */
    summaryTrendStats?: string[];
    systemTags?: string[];
    /** On every sample of the run. */
    tags?: Names<string>;
    teardownTimeout?: Duration;
    /** A request that fails throws. */
    throw?: boolean;
    tlsAIAFetch?: boolean;
    tlsAuth?: Certificate[];
    tlsCipherSuites?: CipherSuite[];
    tlsVersion?: string | { min?: string; max?: string };
    userAgent?: string;
    vusMax?: number;
  }

  export interface Stage {
    duration: Duration;
    /** Where it gets to: VUs, or iterations per `timeUnit`. */
    target: number;
  }

  /** A condition such as `p(95)<500`. */
  export type Threshold = string | ObjectThreshold;
  export interface ObjectThreshold {
    threshold: string;
    /** End the run when it does not hold. */
    abortOnFail?: boolean;
    delayAbortEval?: Duration;
  }

  /** A client's certificate, in PEM. */
  export interface Certificate {
    cert: string;
    key: string;
    password?: string;
    domains?: string[];
  }

  /** Settings of an output. */
  export interface CollectorOptions {
    [name: string]: any;
  }
  export interface CloudOptions {
    [name: string]: any;
  }
  export interface ScenarioOptions {
    browser?: any;
  }

  export type ExecutorOptions = Scenario["executor"];

  /** What all scenarios can have. */
  export interface BaseScenario {
    /** The function; `default` unless set. */
    exec?: string;
    /** After the beginning of the run. */
    startTime?: Duration;
    /** How long iterations may go on at the end; 30 s unless set. */
    gracefulStop?: Duration;
    /** Over the environment of the run. */
    env?: Names<string>;
    /** On every sample of the scenario. */
    tags?: Names<string>;
    options?: ScenarioOptions;
  }
  /** VUs take from one number of iterations. */
  export interface SharedIterationsScenario extends BaseScenario {
    executor: "shared-iterations";
    vus?: number;
    iterations?: number;
    maxDuration?: Duration;
  }
  /** Each VU does its number of iterations. */
  export interface PerVUIterationsScenario extends BaseScenario {
    executor: "per-vu-iterations";
    vus?: number;
    iterations?: number;
    maxDuration?: Duration;
  }
  /** VUs loop for a time. */
  export interface ConstantVUsScenario extends BaseScenario {
    executor: "constant-vus";
    vus?: number;
    duration: Duration;
  }
  /** More and fewer VUs loop. */
  export interface RampingVUsScenario extends BaseScenario {
    executor: "ramping-vus";
    stages: Stage[];
    startVUs?: number;
    gracefulRampDown?: Duration;
  }
  /** Iterations start at a rate, whatever they take. */
  export interface ConstantArrivalRateScenario extends BaseScenario {
    executor: "constant-arrival-rate";
    /** Per `timeUnit`. */
    rate: number;
    /** 1 s unless set. */
    timeUnit?: Duration;
    duration: Duration;
    preAllocatedVUs: number;
    maxVUs?: number;
  }
  /** The same, with a rate that changes. */
  export interface RampingArrivalRateScenario extends BaseScenario {
    executor: "ramping-arrival-rate";
    startRate?: number;
    timeUnit?: Duration;
    stages: Stage[];
    preAllocatedVUs: number;
    maxVUs?: number;
  }
  /** As many VUs as the REST API says. */
  export interface ExternallyControlledScenario extends BaseScenario {
    executor: "externally-controlled";
    vus?: number;
    maxVUs?: number;
    duration: Duration;
  }
  export type Scenario =
    | SharedIterationsScenario
    | PerVUIterationsScenario
    | ConstantVUsScenario
    | RampingVUsScenario
    | ConstantArrivalRateScenario
    | RampingArrivalRateScenario
    | ExternallyControlledScenario;
}
