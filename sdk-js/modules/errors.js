// The class of errors that come from the tool rather than from the script. k6 calls it
// GoError, and scripts compare that name.
(function () {
  "use strict";
  class GoError extends Error {}
  Object.defineProperty(GoError.prototype, "name", {
    value: "GoError",
    writable: true,
    configurable: true,
  });
  return GoError;
});
