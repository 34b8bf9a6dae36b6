import { listOption, nodeOptions, option, parseAddress } from "@assay/worker/config";
import { accountOptions, addressOptions, marketOptions } from "../market/marketOptions.ts";
import { yesOption } from "../terminal/confirm.ts";

const token = listOption({
  placeholder: "<address>",
  describe: "an ERC-20 token, besides the native coin; default: those of the configuration",
  key: "policy.tokens",
  // The configuration has a price beside each.
  parse: (text: string) => parseAddress(text.replace(/@.*$/, "")),
});

export const creditShowOptions = {
  ...marketOptions,
  ...addressOptions,
  account: option({
    placeholder: "<address>",
    describe: "whose credit; default: that of the key",
    parse: parseAddress,
  }),
  token,
};

export const creditWithdrawOptions = {
  ...marketOptions,
  ...accountOptions,
  confirmations: nodeOptions.confirmations,
  token,
  to: option({
    placeholder: "<address>",
    describe: "who gets it; default: the account",
    parse: parseAddress,
  }),
  yes: yesOption,
};
