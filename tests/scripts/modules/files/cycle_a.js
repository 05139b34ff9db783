import { b } from "./cycle_b.js";
export function a(n) { return n === 0 ? "a" : "a" + b(n - 1); }
