// args: -i 2 -u 1
import exec from "k6/execution";
export default function () {
  const tags = exec.vu.metrics.tags;
  console.log(String(tags.mine), tags.scenario, Object.keys(tags).includes("scenario"));
  tags.mine = "v" + __ITER; tags["other tag"] = 5; exec.vu.metrics.metadata.trace = "abc";
  console.log(exec.vu.metrics.tags.mine, exec.vu.metrics.tags["other tag"], exec.vu.metrics.metadata.trace);
  delete tags["other tag"];
  console.log(String(exec.vu.metrics.tags["other tag"]));
  try { tags.bad = {}; console.log("accepted"); } catch (e) { console.log(e.name); }
}
