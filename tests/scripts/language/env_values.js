// args: -i 1
const shown = (value) => `${typeof value} ${JSON.stringify(value)}`;
export default function () {
  const line = (name, f) => { try { console.log(name, shown(f())); } catch (e) { console.log(name, e.name); } };
  const values = [5, 5.5, NaN, -0, true, 10n, null, undefined, { a: 1 }, [1, 2], /x/g, new Map(), Symbol("s"), Symbol(),
    { toString: () => "own" }, { valueOf: () => "no" }, { toString() { throw new RangeError("t"); } }];
  for (const value of values) line("assigned", () => { __ENV.N = value; return __ENV.N; });
  line("again", () => { __ENV.N = "1"; __ENV.N = 2; __ENV.N += 1; return __ENV.N; });
  line("counted", () => { __ENV.C = 1; __ENV.C++; return __ENV.C; });
  line("index", () => { __ENV[0] = 7; return __ENV["0"]; });
  line("undefined is there", () => { __ENV.U = undefined; return ["U" in __ENV, Object.keys(__ENV).includes("U")]; });
  line("assign", () => { Object.assign(__ENV, { A1: 1, A2: null, A3: false }); return [__ENV.A1, __ENV.A2, __ENV.A3]; });
  line("reflect", () => [Reflect.set(__ENV, "R", 5), __ENV.R]);
  line("define", () => { Object.defineProperty(__ENV, "D", { value: 5 }); return Object.getOwnPropertyDescriptor(__ENV, "D"); });
  line("define getter", () => Object.defineProperty(__ENV, "G", { get() { return 5; } }));
  line("define constant", () => Object.defineProperty(__ENV, "W", { value: 5, writable: false }));
  line("symbol key", () => { const key = Symbol("k"); __ENV[key] = 5; return __ENV[key]; });
  line("delete", () => [delete __ENV.A1, "A1" in __ENV, String(__ENV.A1), delete __ENV.nothing]);
  line("spread", () => ({ ...__ENV }).A3);
  line("for in", () => { const keys = []; for (const key in __ENV) if (/^A\d$/.test(key)) keys.push(key); return keys.sort(); });
  line("json", () => JSON.parse(JSON.stringify(__ENV)).A3);
  line("inherited", () => [typeof __ENV.hasOwnProperty, __ENV.hasOwnProperty("A3"), String(__ENV)]);
  line("own name of a method", () => { __ENV.toString = 5; return [__ENV.toString, delete __ENV.toString, typeof __ENV.toString]; });
  line("heir", () => { const heir = Object.create(__ENV); heir.A3 = 5; return [heir.A3, __ENV.A3, heir.R]; });
  line("freeze", () => Object.freeze(__ENV));
  line("prevented", () => { Object.preventExtensions(__ENV); __ENV.R = 6; return __ENV.R; });
  line("after that", () => { __ENV.NEW = 1; });
}
