import { helper } from "./helper.js";
export const constant = 42;
export function greet(name) { return `hello ${name}, ${helper()}`; }
export default class Thing { value() { return "thing"; } }
export { helper as renamed };
export let counter = 0;
export function increment() { counter += 1; }
