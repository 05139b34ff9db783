Object.defineProperty(exports, "__esModule", { value: true });
exports.default = function () { return "babel default"; };
exports.named = "babel named";
