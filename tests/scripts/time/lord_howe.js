// zone: Australia/Lord_Howe
export { default } from "./files/dates.js";
