// Types of what a script can use: its modules and globals, and nothing of the web or of Node.
// Use them with `/// <reference path="…/types/index.d.ts" />`, or with `files` in tsconfig.json,
// there with `"lib": ["es2023"]` and `"types": []`.

/// <reference path="./globals.d.ts" />
/// <reference path="./k6.d.ts" />
/// <reference path="./http.d.ts" />
/// <reference path="./execution.d.ts" />
/// <reference path="./kv.d.ts" />
