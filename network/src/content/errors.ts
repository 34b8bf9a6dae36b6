import { AssayError, type AssayErrorOptions } from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";

/** The folder that holds a node's state belongs to another running node. */
export class DataDirInUseError extends AssayError {
  readonly code = "DATA_DIR_IN_USE";
  readonly retryable = true;

  constructor(dataDir: string, options?: AssayErrorOptions) {
    super(
      `${dataDir} is in use by another node: stop that one, or choose another folder with --data-dir.`,
      options,
    );
  }
}

/** The folder with the peer's key and address book cannot be opened. */
export class PeerStoreError extends AssayError {
  readonly code = "PEER_STORE_UNUSABLE";
  readonly retryable = true;

  constructor(folder: string, reason: string, options?: AssayErrorOptions) {
    super(
      `${folder} cannot be opened (${reason}): look at the disk, its free space and the folder's rights; if it is damaged, move it away, and the peer gets a new name.`,
      options,
    );
  }
}

/** The provider record of a content could not be stored in the DHT. */
export class ProvideError extends AssayError {
  readonly code = "PROVIDE_FAILED";
  readonly retryable = true;
  readonly cid: CID;

  constructor(cid: CID, options?: AssayErrorOptions) {
    super(
      `No peer was reached to tell it who has ${cid}: check the bootstrap addresses and the network.`,
      options,
    );
    this.cid = cid;
  }
}
