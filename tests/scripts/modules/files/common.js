const helper = require("./helper_cjs.js");
exports.name = "common";
exports.twice = (n) => helper(n) * 2;
exports.file = typeof module + " " + typeof exports;
