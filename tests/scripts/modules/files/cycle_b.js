import { a } from "./cycle_a.js";
export function b(n) { return n === 0 ? "b" : "b" + a(n - 1); }
