/**
 * Compiles the shim that WASI commands are linked with, which is committed as the SDK has to link in a browser too.
 *
 * - `node sdk/generate.ts` writes it.
 * - `node sdk/generate.ts --check` writes nothing, and exits 1 when what is committed is not what the source gives now.
 */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = "sdk/src/program/wasi/assembly/shim.ts";
const target = new URL("src/program/wasi/generated/shimCode.ts", import.meta.url);

let wasm = new Uint8Array(0) as Uint8Array;
const messages: string[] = [];
const { error } = await asc.main(
  [
    ...[source, "--baseDir", root, "--outFile", "shim.wasm"],
    ...["--runtime", "stub", "--use", "abort=", "-O3", "--noAssert", "--noColors"],
    ...["--importMemory", "--noExportMemory"],
  ],
  {
    writeFile: (_file, contents) => {
      if (contents instanceof Uint8Array) wasm = contents;
    },
    stderr: { write: (text) => void messages.push(String(text)) },
  },
);
if (error !== null || messages.length > 0)
  throw new Error(`${source} does not compile: ${messages.join("")}`);

const lines = Buffer.from(wasm)
  .toString("base64")
  .replaceAll(/.{1,100}/g, '\n  "$&",');
const current = `// Made from ${source} by sdk/generate.ts: change that, then run \`node sdk/generate.ts\`.
/** Base64, in lines. */
export const shimCode: readonly string[] = [${lines}
];
`;
if (!process.argv.includes("--check")) {
  await writeFile(target, current);
} else if ((await readFile(target, "utf8")) !== current) {
  process.stderr.write("The WASI shim is stale: run `node sdk/generate.ts` and commit it.\n");
  process.exitCode = 1;
}
