// Starts the worker. Trunk could write this file, but in a form that wasm-bindgen calls deprecated on the console.
importScripts("/igoon-worker.js");
wasm_bindgen({ module_or_path: "/igoon-worker_bg.wasm" });
