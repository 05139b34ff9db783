import http from "k6/http";
import exec from "k6/execution";
import encoding from "k6/encoding";
import { check, group, sleep } from "k6";
import { Counter, Gauge, Rate, Trend } from "k6/metrics";
import { SharedArray } from "k6/data";
// Methods of whatever else the host makes, away from their objects.
const metrics = [new Counter("my_counter"), new Gauge("my_gauge"), new Rate("my_rate"), new Trend("my_trend")];
const shared = new SharedArray("s", () => [3, 1, 2]);
export const options = {
  thresholds: { my_counter: ["count==6"], my_gauge: ["value==3"], my_rate: ["rate==1"], my_trend: ["avg==2"] },
};
export default async function () {
  for (const metric of metrics) {
    const { add, name } = metric;
    console.log(name, Object.keys(metric).join(), JSON.stringify(metric), add.length, metric.add === add);
    console.log([1, 2].map(add).join(), Object.assign({}, metric).add(3), { ...metric }.add.name.length > 0);
  }
  metrics[0].add = (value) => `mine ${value}`;
  console.log(metrics[0].add(1));
  try { metrics[1].name = "other"; } catch (e) { console.log(e.name, metrics[1].name); }
  const add = metrics[0].add.bind(null);
  console.log(add(2));
  for (const jar of [http.cookieJar(), new http.CookieJar()]) {
    const { set, cookiesForURL, clear } = jar;
    console.log(Object.keys(jar).join(), JSON.stringify(jar), set.length);
    set(__ENV.HTTP, "a", "b");
    jar.set(__ENV.HTTP, "c", "d");
    console.log(JSON.stringify(cookiesForURL(__ENV.HTTP)), JSON.stringify(jar.cookiesForURL(__ENV.HTTP)));
    const { delete: remove } = Object.assign({}, jar);
    remove(__ENV.HTTP, "a");
    console.log(JSON.stringify({ ...jar }.cookiesForURL(__ENV.HTTP)));
    try { jar.set = 5; console.log("replaced"); } catch (e) { console.log(e.name); }
    clear(__ENV.HTTP);
    console.log(JSON.stringify(jar.cookiesForURL(__ENV.HTTP)));
  }
  const { get, asyncRequest, batch, expectedStatuses, file, url, request } = http;
  console.log(get(`${__ENV.HTTP}/get`).status, (await asyncRequest("GET", `${__ENV.HTTP}/get`)).status);
  console.log(batch([`${__ENV.HTTP}/get`])[0].status, request("GET", `${__ENV.HTTP}/get`).status, url`http://x/${1}`.name);
  console.log(Object.keys(expectedStatuses(200)).length, JSON.stringify(expectedStatuses(200)), JSON.stringify(file("a", "b", "c")));
  const { b64encode } = encoding;
  const { log, warn } = console;
  ["x"].forEach((text) => log(b64encode(text)));
  console.log(Object.keys(console).join());
  const { vu, scenario, test, instance } = exec;
  const { abort, fail } = test;
  console.log(vu.idInTest, scenario.name, instance.vusActive, typeof abort, typeof fail);
  const { map, length } = shared;
  console.log(map.call(shared, (x) => x * 2).join(), length, [...shared].join(), Object.keys(shared).join());
  const { randomUUID, getRandomValues } = crypto;
  console.log(randomUUID().length, getRandomValues(new Uint8Array(2)).length);
  console.log([1].map((x) => check(x, { ok: true })).join(), group.call(null, "g", () => "in"), sleep.call({}, 0) === undefined);
}
