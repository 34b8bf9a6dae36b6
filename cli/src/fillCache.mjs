// Loads what a node consists of, so that its compiled code lies in the cache folder that the one argument names, and ends.
import { enableCompileCache, flushCompileCache } from "node:module";

enableCompileCache(process.argv[2]);
const { loadNode } = await import("@assay/worker/process");
await import("./cli.ts");
await loadNode();
flushCompileCache();
process.exit(0);
