// zone: Asia/Kolkata
export { default } from "./files/dates.js";
