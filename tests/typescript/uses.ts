// What strict scripts rely on: types as narrow as they can be, and mistakes that are found.
import http, { type RefinedResponse, type Response, type ResponseType, batch } from "k6/http";
import k6, { check, type JSONObject } from "k6";
import { Counter, type Metric } from "k6/metrics";
import metrics from "k6/metrics";
import exec from "k6/execution";
import { SharedArray } from "k6/data";
import { b64decode } from "k6/encoding";
import { setTimeout as later } from "k6/timers";
import { openKv } from "k6/x/kv";
import type { Options, Scenario } from "k6/options";
import probe, { Counter as Own } from "k6/x/probe";

const kv = openKv({ backend: "memory" });
const rows = new SharedArray("rows", () => [{ name: "a" }]);
const name: string = rows[0].name;
const scenario: Scenario = { executor: "constant-arrival-rate", rate: 1, duration: "1s", preAllocatedVUs: 1 };
export const options: Options = { scenarios: { scenario }, thresholds: { checks: ["rate>0.9", { threshold: "rate>0.5", abortOnFail: true }] } };
// @ts-expect-error
export const wrong: Options = { vus: "1" };
const counter: Metric = new Counter("c");
export default async function (): Promise<void> {
  const plain = http.get("http://a");
  const body: string | null = plain.body;
  const any: Response = plain;
  const wide: RefinedResponse<ResponseType | undefined> = plain;
  const bytes: ArrayBuffer = http.get("http://a", { responseType: "binary" }).body;
  const none: null = http.post("http://a", { a: 1 }, { responseType: "none" }).body;
  const text: RefinedResponse<"text"> = http.get("http://a");
  const [one, two] = batch(["http://a", ["GET", "http://a", null, { responseType: "binary" }]]);
  const b1: string | null = one.body;
  const b2: ArrayBuffer = two.body;
  const named = http.batch({ x: { method: "GET", url: "http://a" } });
  check(named.x, { ok: (r) => r.status === 200, b: () => true });
  const list: string[] = ["http://a"];
  for (const r of http.batch(list)) r.status.toFixed();
  const sent = await http.asyncRequest("GET", "http://a");
  sent.timings.duration.toFixed();
  counter.add(1, { a: "b" });
  const trend: Metric = new metrics.Trend("t", true);
  trend.add(1);
  // @ts-expect-error
  counter.add("1");
  exec.vu.tags.a = 1;
  exec.test.options.vus?.toFixed();
  const o = plain.json() as JSONObject;
  later(() => {}, 10);
  const t: string = b64decode("YQ==", "std", "s");
  const v = await kv.get<number>("a");
  v.toFixed();
  console.log(__ENV.A, __VU, __ITER, name, body, any, wide, bytes, none, text, b1, b2, o, t, k6.sleep);
  const data: Uint8Array = probe.echoBytes(new Float32Array(1));
  const big: number | bigint = probe.echoU64(1n);
  const next: number = new Own(1).next();
  // @ts-expect-error
  probe.add("1", 2);
  console.log(data, big, next);
  // @ts-expect-error
  window.x;
}
