import { addBond, getBond, type MarketClient, withdrawBond } from "@assay/sdk";
import { loadOptions, UsageError } from "@assay/worker/config";
import { type Command, deploymentIfKnown, table, toJson } from "@assay/worker/process";
import { formatEther } from "viem";
import { addressOf, readerOf, writerOf } from "../market/marketClient.ts";
import { confirmSpending } from "../terminal/confirm.ts";
import { bondAmountOptions, bondStatusOptions } from "./stakeOptions.ts";

export const bondStatusCommand: Command = {
  summary: "show what an account can bid with where an offer asks for a bond",
  options: bondStatusOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(bondStatusOptions, argv, environment);
    const account = await addressOf(values, environment);
    const client = withOffers(await readerOf(values), values);
    const bondWei = await getBond(client, { account });
    const rows: [string, string][] = [
      ["account", account],
      ["free bond", `${formatEther(bondWei)} ether`],
    ];
    stdout.write(`${values.json ? toJson({ account, bondWei }) : table(rows)}\n`);
    return 0;
  },
};

export const bondAddCommand = moving({
  summary:
    "add to what the account can bid with; a running node does so by itself, up to policy.maxBidBonds",
  what: "add to the bond",
  move: addBond,
  done: "can be bid with",
});

export const bondWithdrawCommand = moving({
  summary: "send what no award holds of the account's bond to the account",
  what: "take bond out",
  move: withdrawBond,
  done: "were withdrawn",
});

function moving({
  summary,
  what,
  move,
  done,
}: {
  summary: string;
  what: string;
  move: typeof addBond;
  done: string;
}): Command {
  return {
    summary,
    options: bondAmountOptions,
    async run(argv, { environment, stdout, stderr, stdin }) {
      const { values } = loadOptions(bondAmountOptions, argv, environment);
      const { amount, yes } = values;
      if (amount === undefined) {
        throw new UsageError("How much? Give --amount, such as 0.01 (ether).");
      }
      const client = withOffers(await writerOf(values, environment), values);
      const chainId = client.public.chain.id;
      const rows: [string, string][] = [
        ["transaction", what],
        ["amount", `${formatEther(amount)} ether`],
        ["chain", `${chainId}, Offers ${client.offers}`],
      ];
      if (!(await confirmSpending(rows, { chainId, yes, stdin, stderr }))) return 1;
      const { hash, gasUsed, feeWei } = await move(client, { amount });
      const words = `${formatEther(amount)} ether ${done}. (${hash})`;
      const fields = { amountWei: amount, hash, gasUsed, feeWei };
      stdout.write(`${values.json ? toJson(fields) : words}\n`);
      return 0;
    },
  };
}

/** @throws {@link UsageError} */
function withOffers(
  client: MarketClient,
  values: Parameters<typeof deploymentIfKnown>[1] & { offers?: MarketClient["offers"] },
): MarketClient {
  const known = deploymentIfKnown(client.public.chain.id, values)?.offers;
  const offers = values.offers ?? known ?? client.offers;
  if (offers !== undefined) return { ...client, offers };
  throw new UsageError(
    "No contract Offers is known on this chain: give its address with --offers or ASSAY_OFFERS.",
  );
}
