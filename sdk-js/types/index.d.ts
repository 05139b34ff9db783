// Types of what a script can use: its modules and globals, and nothing of the web or of Node.
// `runner types` writes them, with a tsconfig.json that names this file and has
// `"lib": ["es2023"]` and `"types": []`.

/// <reference path="./globals.d.ts" />
/// <reference path="./k6.d.ts" />
/// <reference path="./http.d.ts" />
/// <reference path="./options.d.ts" />
/// <reference path="./execution.d.ts" />
/// <reference path="./kv.d.ts" />
