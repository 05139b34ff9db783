// The class of errors that come from the tool rather than from the script. k6 calls it
// GoError, and scripts compare that name. People who read such an error have nothing of it, so
// its text goes without.
(function () {
  "use strict";
  class GoError extends Error {
    toString() {
      return this.name === "GoError" ? String(this.message) : super.toString();
    }
  }
  Object.defineProperty(GoError.prototype, "name", {
    value: "GoError",
    writable: true,
    configurable: true,
  });
  return GoError;
});
