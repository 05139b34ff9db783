import exec from "k6/execution";
const inInit = [];
for (const part of ["vu", "scenario", "instance", "test"]) {
  try { const p = exec[part]; const key = { vu: "idInTest", scenario: "name", instance: "vusActive", test: "options" }[part]; p[key]; inInit.push(part + " accepted"); } catch (e) { inInit.push(part + " refused"); }
}
export function setup() {
  const out = [];
  try { exec.scenario.name; out.push("scenario accepted"); } catch (e) { out.push("scenario refused"); }
  out.push(exec.vu.idInTest, exec.vu.idInInstance, typeof exec.instance.vusInitialized);
  console.log("setup", out.join());
}
export default function () { console.log(inInit.join()); }
