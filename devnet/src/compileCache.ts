import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";

/** Environment by which processes share this one's cache of compiled modules: they load much the same ones. */
export function compileCache(): { NODE_COMPILE_CACHE?: string } {
  // It lies in a folder of its own for each version of Node.
  const own = getCompileCacheDir();
  return own === undefined ? {} : { NODE_COMPILE_CACHE: dirname(own) };
}
