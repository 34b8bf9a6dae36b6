// Loads what a node consists of, so that its compiled code lies in the cache folder that the one argument names, and ends.
import { enableCompileCache, flushCompileCache } from "node:module";

enableCompileCache(process.argv[2]);
const { leaveOutHeliaDefaults } = await import("../../worker/src/process/leanModules.ts");
leaveOutHeliaDefaults();
await import("./cli.ts");
await import("../../worker/src/process/runNode.ts");
flushCompileCache();
process.exit(0);
