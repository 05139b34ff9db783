import common, { name } from "./files/common.js";
import * as namespace from "./files/common.js";
import babel, { named } from "./files/babel.js";
import helper from "./files/helper_cjs.js";
export default function () {
  console.log(common.name, name, namespace.name, common.twice(1));
  console.log(babel(), named, helper(1));
}
