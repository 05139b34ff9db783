import http from "k6/http";
export default function () {
  const r = http.post(`${__ENV.HTTP}/anything`, JSON.stringify({ a: { b: [1, { c: "deep" }, 3] }, "dot.key": 1, list: [{ n: "x", v: 1 }, { n: "y", v: 2 }], t: true, z: null, f: 1.5 }));
  console.log(r.json("json.a.b.1.c"), JSON.stringify(r.json("json.a.b")), r.json("json.a.b.#"), r.json("json.dot\\.key"));
  console.log(JSON.stringify(r.json("json.list.#.n")), r.json('json.list.#(n=="y").v'), String(r.json("json.missing")), r.json("json.t"), String(r.json("json.z")), r.json("json.f"));
  console.log(JSON.stringify(r.json("json.list.#(v>0)#.n")), r.json("json.list.0.n"), typeof r.json(), r.json().json.a.b.length, JSON.stringify(r.json("json.a.*")));
  const bad = http.get(`${__ENV.HTTP}/html`);
  try { bad.json(); console.log("parsed"); } catch (e) { console.log("refused", String(e.message || e).includes("cannot parse json due to an error at line 1")); }
  console.log(String(bad.json("a.b")));
  const none = http.get(`${__ENV.HTTP}/get`, { responseType: "none" });
  try { none.json(); console.log("parsed"); } catch (e) { console.log("no body refused"); }
  const twice = http.get(`${__ENV.HTTP}/json`); console.log(twice.json() === twice.json(), twice.json("slideshow.slides.#"));
}
