import { flushCompileCache } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** By then whatever the start needed is done, in milliseconds. */
const SETTLED_MS = 5_000;

/**
 * What importing a thousand modules leaves behind: their compiled code is kept for the next start now, not at a clean end alone, and
 * some 50 MB of garbage, which an idle process would carry along for minutes, are given back a little later.
 */
export function tidyUpAfterStart(): void {
  flushCompileCache();
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  setTimeout(collect, SETTLED_MS).unref();
}
