import http, { get, post as send } from "k6/http";
import * as all from "k6/http";
import k6, { check, sleep as pause } from "k6";
import { Counter } from "k6/metrics";
import metrics from "k6/metrics";
import exec, { vu } from "k6/execution";
import encoding from "k6/encoding";
import { SharedArray } from "k6/data";
export default function () {
  console.log(typeof http.get, typeof get, typeof send, typeof all.get);
  console.log(typeof k6.check, typeof check, typeof k6.sleep, typeof pause, typeof metrics.Counter, typeof Counter, typeof SharedArray);
  console.log(typeof exec.vu, vu.idInTest === exec.vu.idInTest, typeof encoding.b64encode);
}
