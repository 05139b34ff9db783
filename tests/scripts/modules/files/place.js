// Its own folder is where it looks while it is evaluated; later it is the caller's.
export const here = open("./text.txt").length > 0;
export const later = (name) => open(name);
export const call = (f) => f();
export const needed = require("./common.js") !== undefined;
export const needs = () => require("./common.js") !== undefined;
globalThis.told = [];
const told = (name, f) => { try { globalThis.told.push(`${name} ${f()}`); } catch (e) { globalThis.told.push(`${name} refused`); } };
Promise.resolve().then(() => told("promise", () => open("./text.txt").length > 0));
(async () => { await null; told("async", () => open("./text.txt").length > 0); })();
setTimeout(() => told("timer", () => open("./text.txt").length > 0), 1);
