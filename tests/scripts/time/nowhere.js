// zone: Nowhere/Land
export { default } from "./files/dates.js";
