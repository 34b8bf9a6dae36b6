import { readFile } from "node:fs/promises";
import { AssayError, type AssayErrorOptions } from "@assay/sdk";
import { preSharedKey } from "@libp2p/pnet";

/** The file with a private network's key cannot be read, or holds none. */
export class SwarmKeyError extends AssayError {
  readonly code = "SWARM_KEY";
  readonly retryable = false;

  constructor(file: string, options: AssayErrorOptions) {
    super(
      `${file} is no key of a private network: give a swarm.key file, three lines long, /key/swarm/psk/1.0.0/, /base16/ and 64 hexadecimal digits.`,
      options,
    );
  }
}

/**
 * Reads the key of a private network, in the format that Kubo and libp2p share.
 *
 * @throws {@link SwarmKeyError}
 */
export async function readSwarmKey(file: string): Promise<Uint8Array> {
  try {
    const psk = await readFile(file);
    // Its constructor is what checks the key.
    preSharedKey({ psk })();
    return psk;
  } catch (cause) {
    throw new SwarmKeyError(file, { cause });
  }
}
