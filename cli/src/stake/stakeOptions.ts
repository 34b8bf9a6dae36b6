import { nodeOptions, option, parseAddress, parseAmount } from "@assay/worker/config";
import { accountOptions, addressOptions, marketOptions } from "../market/marketOptions.ts";
import { yesOption } from "../terminal/confirm.ts";

export const stakeStatusOptions = {
  ...marketOptions,
  ...addressOptions,
  account: option({
    placeholder: "<address>",
    describe: "whose stake; default: that of the key",
    parse: parseAddress,
  }),
};

const offers = option({
  placeholder: "<address>",
  describe: "the contract Offers, which holds bonds behind bids",
  defaultsTo: "that of the deployment, if it is known",
  parse: parseAddress,
});

export const bondStatusOptions = { ...stakeStatusOptions, offers };

export const stakeWithdrawOptions = {
  ...marketOptions,
  ...accountOptions,
  confirmations: nodeOptions.confirmations,
  yes: yesOption,
};

export const stakeAmountOptions = {
  ...stakeWithdrawOptions,
  amount: option({
    placeholder: "<amount>",
    describe: "how much: 0.5 (ether), 20gwei, 1000wei",
    parse: parseAmount,
  }),
};

export const bondAmountOptions = { ...stakeAmountOptions, offers };
