import { flag, help, nodeOptions, option, parsePath } from "@assay/worker/config";
import { DEFAULT_PATH } from "@assay/worker/keystore";
import { yesOption } from "../terminal/confirm.ts";

/** Which keystore. */
const which = {
  config: nodeOptions.config,
  keystore: nodeOptions.keystore,
  "data-dir": nodeOptions["data-dir"],
};

export const addressOptions = { ...which, json: flag("one JSON object"), help };

export const listOptions = {
  config: nodeOptions.config,
  "data-dir": nodeOptions["data-dir"],
  folder: option({
    placeholder: "<folder>",
    describe: "folder with keystores; default: the data folder",
    parse: parsePath,
  }),
  json: flag("one JSON object"),
  help,
};

export const exportOptions = {
  ...which,
  "password-file": nodeOptions["password-file"],
  out: option({
    placeholder: "<file>",
    describe: "where the key is written, unencrypted; must not be there yet",
    parse: parsePath,
  }),
  yes: yesOption,
  json: flag("one JSON object"),
  help,
};

export const createOptions = {
  ...which,
  "password-file": nodeOptions["password-file"],
  json: flag("one JSON object"),
  help,
};

export const importOptions = {
  ...createOptions,
  from: option({
    placeholder: "<file>",
    describe:
      "a private key in hexadecimal, a mnemonic (BIP-39), or a keystore of another program; else what is in ASSAY_PRIVATE_KEY",
    parse: parsePath,
  }),
  "from-password-file": option({
    placeholder: "<file>",
    describe:
      "file with the password of that keystore, else the new one's; or with the mnemonic's passphrase, else none",
    parse: parsePath,
  }),
  "derivation-path": option({
    placeholder: "<path>",
    describe: `which account of a mnemonic (default ${DEFAULT_PATH})`,
    parse: (text: string) => text,
  }),
};
