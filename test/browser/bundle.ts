import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ROOT } from "../e2e/processes.ts";

/** Bundles a module for browsers as sites do. It fails on whatever only Node has. */
export async function bundle(
  source: string,
  { external = [] }: { external?: string[] } = {},
): Promise<{ code: string; gzipBytes: number; modules: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: `${ROOT}/test/browser`, loader: "ts" },
    ...{ bundle: true, minify: true, write: false, metafile: true },
    ...{ platform: "browser", format: "esm", target: "es2024", logLevel: "silent", external },
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error("the bundler wrote nothing");
  return {
    code: output.text,
    gzipBytes: gzipSync(output.contents, { level: 9 }).length,
    modules: Object.keys(metafile.inputs),
  };
}
