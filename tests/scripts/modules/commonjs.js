const http = require("k6/http");
const { check } = require("k6");
const common = require("./files/common.js");
const again = require("./files/common.js");
exports.options = { iterations: 2, vus: 1 };
exports.default = function () {
  console.log(typeof http.get, typeof check, common.name, common.twice(4), common.file, again === common);
};
