import http from "k6/http";
const b = __ENV.HTTP;
const one = (r) => (r === null ? "null" : [r.status, r.error_code, r.status ? r.json("method") + " " + r.json("url").replace(/^.*anything/, "") : ""].join(" "));
const attempt = (name, value) => { let result; try { const answers = http.batch(value); result = [Array.isArray(answers), Object.keys(answers).sort(), Object.keys(answers).sort().map((key) => one(answers[key]))]; } catch (e) { result = `thrown ${e.message}`; } console.log(name, JSON.stringify(result)); };
export default function () {
  const u = (path) => `${b}/anything/${path}`;
  const extra = [u("1")]; extra.name = u("2");
  const inherited = Object.create({ p: u("p") }); inherited.own = u("own");
  class Named { constructor() { this.a = u("a"); } get g() { return u("g"); } }
  attempt("set", new Set([u("1"), ["POST", u("2"), "x"], { url: u("3") }]));
  attempt("empty set", new Set());
  attempt("set of sets", [new Set(["GET", u("1")])]);
  attempt("array with a name", extra);
  attempt("holes", [u("1"), , u("3")]);
  attempt("inherited", inherited);
  attempt("class", new Named());
  attempt("no prototype", Object.assign(Object.create(null), { a: u("1") }));
  attempt("generator", (function* () { yield u("1"); })());
  attempt("map", new Map([["k", u("1")]]));
  attempt("date", new Date(0));
  attempt("function", () => u("1"));
  attempt("typed array", new Uint8Array(2));
  attempt("buffer", new ArrayBuffer(2));
  attempt("text", "x"); attempt("number", 5); attempt("float", 1.5); attempt("bool", true); attempt("null", null);
  attempt("entries", [["GET"]]); attempt("empty entry", [[]]); attempt("null entry", [null]); attempt("number entry", [5]);
  attempt("map entry", [new Map([["url", u("1")]])]); attempt("date entry", [new Date(0)]); attempt("no url", [{ method: "GET" }]); attempt("undefined url", [["GET", undefined]]);
  for (const method of [null, undefined, 5]) attempt(`method ${method}`, [[method, u("1")]]);
  attempt("unreadable url", [u("1"), "http://a b/", u("3")]);
  attempt("null method", [{ method: null, url: u("1") }]);
}
