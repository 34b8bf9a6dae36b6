import { flag, help, nodeOptions, option, parseAddress, parseAmount } from "@assay/worker/config";

const common = {
  config: nodeOptions.config,
  rpc: nodeOptions.rpc,
  "chain-id": nodeOptions["chain-id"],
  marketplace: nodeOptions.marketplace,
  confirmations: nodeOptions.confirmations,
  keystore: nodeOptions.keystore,
  "password-file": nodeOptions["password-file"],
  "key-file": nodeOptions["key-file"],
  "data-dir": nodeOptions["data-dir"],
  json: flag("one JSON object"),
  help,
};

export const stakeStatusOptions = {
  ...common,
  account: option({
    placeholder: "<address>",
    describe: "whose stake; default: that of the key",
    parse: parseAddress,
  }),
};

export const stakeAmountOptions = {
  ...common,
  amount: option({
    placeholder: "<amount>",
    describe: "how much: 0.5 (ether), 20gwei, 1000wei",
    parse: parseAmount,
  }),
};

export const stakeWithdrawOptions = common;
