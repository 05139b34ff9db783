// args: -i 1
import { here, later, call, needed, needs } from "./files/place.js";
const told = globalThis.told;
const tell = (name, f) => { try { told.push(`${name} ${f()}`); } catch (e) { told.push(`${name} refused`); } };
const common = require("./files/place_cjs.js");
tell("esm", () => `${here} ${needed}`);
tell("cjs", () => `${common.here} ${common.esm} ${common.after}`);
tell("later", () => later("./text.txt"));
tell("later from here", () => later("./files/text.txt").length > 0);
tell("later cjs", () => common.later("./text.txt"));
tell("later cjs from here", () => common.later("./files/text.txt").length > 0);
tell("callback", () => call(() => open("./text.txt")));
tell("callback from here", () => call(() => open("./files/text.txt")).length > 0);
tell("require later", () => `${needs()} ${common.needs()}`);
tell("own require, called there", () => call(() => require("./files/common.js")) !== undefined);
tell("resolved", () => open(import.meta.resolve("./files/text.txt")).length > 0);
setTimeout(() => tell("timer", () => open("./files/text.txt").length > 0), 2);
export default function () { for (const line of told.sort()) console.log(line); }
