import { AssayError, type AssayErrorOptions } from "@assay/sdk/protocol";
import { shownUrl, withoutSecrets } from "./shownUrl.ts";

/** No Kubo node answers where one should be. */
export class KuboUnreachableError extends AssayError {
  readonly code = "KUBO_UNREACHABLE";
  readonly retryable = true;

  constructor(rpc: string, reason: string, options?: AssayErrorOptions) {
    super(
      `No Kubo node answers at ${shownUrl(rpc)} (${withoutSecrets(reason)}): start it with \`ipfs daemon\`, or name its RPC API with --kubo-rpc; its port is 5001, and 8080 is the gateway's.`,
      options,
    );
  }
}

/** A Kubo node answered that it could not do what it was asked for. */
export class KuboError extends AssayError {
  readonly code = "KUBO_FAILED";
  readonly retryable = true;

  constructor(rpc: string, what: string, reason: string, options?: AssayErrorOptions) {
    super(
      `The Kubo node at ${shownUrl(rpc)} could not ${what} (${withoutSecrets(reason)}): look at its log and its disk, or use another one with --kubo-rpc.`,
      options,
    );
  }
}

/** A gateway does not give blocks, for whatever reason but that it has not got them. */
export class GatewayError extends AssayError {
  readonly code = "GATEWAY_REFUSED";
  readonly retryable = true;

  constructor(gateway: string, reason: string, options?: AssayErrorOptions) {
    super(
      `The gateway ${shownUrl(gateway)} gives no blocks (${withoutSecrets(reason)}): check its address, and that it is a trustless gateway and lets this machine in, or name another one with --gateway.`,
      options,
    );
  }
}

/** Contents are to be read through gateways, and none is named. */
export class NoGatewayError extends AssayError {
  readonly code = "GATEWAY_MISSING";
  readonly retryable = false;

  constructor() {
    super("Contents are to be read through a gateway, and none is named: give one with --gateway.");
  }
}

/** Contents are to be in files, and no folder is named. */
export class NoContentFolderError extends AssayError {
  readonly code = "CONTENT_FOLDER_MISSING";
  readonly retryable = false;

  constructor() {
    super("Contents are to be in files, and no folder is named: give one with --content-folder.");
  }
}

/** The folder of contents does not take or give blocks. */
export class ContentFolderError extends AssayError {
  readonly code = "CONTENT_FOLDER_UNUSABLE";
  readonly retryable = true;

  constructor(folder: string, reason: string, options?: AssayErrorOptions) {
    super(
      `${folder} cannot be used for contents (${reason}): look at its rights and at its disk's free space, or name another folder with --content-folder.`,
      options,
    );
  }
}

/** A gateway reads, and stores nothing. */
export class ReadOnlyContentError extends AssayError {
  readonly code = "CONTENT_READ_ONLY";
  readonly retryable = false;

  constructor() {
    super("A gateway stores nothing: add helia, kubo or files to --content.");
  }
}
