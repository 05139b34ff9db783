exports.here = open("./text.txt").length > 0;
exports.esm = require("./place_esm.js").here;
exports.after = open("text.txt").length > 0;
exports.later = (name) => open(name);
exports.needs = () => require("./common.js") !== undefined;
