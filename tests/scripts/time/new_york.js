// zone: America/New_York
export { default } from "./files/dates.js";
