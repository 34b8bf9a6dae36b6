import { flag, help, nodeOptions } from "@assay/worker/config";

const chain = {
  config: nodeOptions.config,
  rpc: nodeOptions.rpc,
  "chain-id": nodeOptions["chain-id"],
};

const output = { json: flag("one JSON object"), help };

/** Of a command that looks at a chain. */
export const chainOptions = { ...chain, ...output };

/** Of a command that reads from a Marketplace. */
export const marketOptions = {
  ...chain,
  marketplace: nodeOptions.marketplace,
  deployment: nodeOptions.deployment,
  ...output,
};

/** Whose key signs. */
export const accountOptions = {
  keystore: nodeOptions.keystore,
  "password-file": nodeOptions["password-file"],
  "key-file": nodeOptions["key-file"],
  "data-dir": nodeOptions["data-dir"],
};

/** Whose account is looked at: that of the key, which is not opened for it. */
export const addressOptions = {
  keystore: nodeOptions.keystore,
  "key-file": nodeOptions["key-file"],
  "data-dir": nodeOptions["data-dir"],
};
