import { existsSync } from "node:fs";
import { compileProgram } from "@assay/sdk/compile";
import { inspectProgram, isWasiModule, linkWasi } from "@assay/sdk/program";
import { isChainCid } from "@assay/sdk/protocol";
import { UsageError } from "@assay/worker/config";
import { CID } from "multiformats/cid";
import { programName, readLocal } from "../program/files.ts";

/**
 * A program from what `--program` names: AssemblyScript is compiled, a WASI command linked; a CID stays one.
 *
 * @throws {@link UsageError} when there is no such file, and it is no CID.
 */
export async function readProgram(named: string | undefined): Promise<Uint8Array | CID> {
  if (named === undefined) {
    throw new UsageError("Which program? Give --program: a file (.wasm or .ts), or a CID.");
  }
  if (!existsSync(named)) {
    const cid = cidIn(named);
    if (cid !== undefined) return admitted(cid);
  }
  const bytes = await readLocal(named);
  if (named.endsWith(".ts")) {
    const source = new TextDecoder().decode(bytes);
    return compileProgram({ source, name: programName(named) });
  }
  if (isWasiModule(bytes)) return linkWasi({ wasm: bytes });
  inspectProgram(bytes); // before anything else is done for it
  return bytes;
}

function cidIn(text: string): CID | undefined {
  try {
    return CID.parse(text);
  } catch {
    return undefined;
  }
}

/** One that no job can have is nowhere to be found: it would be looked for in vain. */
function admitted(cid: CID): CID {
  if (isChainCid(cid)) return cid;
  throw new UsageError(
    `No job can name ${cid}: its program has a CID of version 1, raw or dag-cbor, with BLAKE3 or SHA2-256, as assay program build prints it.`,
  );
}
