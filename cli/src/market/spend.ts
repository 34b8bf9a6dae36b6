import { type MarketClient, marketplaceAbi } from "@assay/sdk";
import { type Abi, type Address, formatEther, formatGwei } from "viem";
import { type ConfirmOptions, confirmSpending } from "../terminal/confirm.ts";

/** A transaction that a command is about to send to the Marketplace. */
export interface Spending {
  /** What it does: `add to the stake`. */
  what: string;
  /** `0.5 ether`; of tokens their smallest unit. */
  amount: string;
  functionName: string;
  args: readonly unknown[];
  /** Wei sent along. */
  value?: bigint;
  /** Who gets it, if it is not the account. */
  to?: Address | undefined;
}

/**
 * Shows what a transaction moves and costs, from which account and on which chain, and asks whether to send it.
 *
 * @throws UsageError when there is no terminal to ask on, and `--yes` was not given.
 */
export async function confirmTransaction(
  client: MarketClient,
  spending: Spending,
  options: ConfirmOptions,
): Promise<boolean> {
  const chain = client.public.chain;
  const from = client.wallet?.account.address;
  if (chain === undefined || from === undefined) throw new TypeError("the client does not write");
  const balance = await client.public.getBalance({ address: from });
  const { what, amount, to } = spending;
  const summary: [string, string][] = [
    ["transaction", what],
    ["amount", amount],
    ["gas", await gasOf(client, spending, from)],
    ["from", `${from}, which has ${formatEther(balance)} ether`],
    ...(to === undefined ? [] : [["to", to] satisfies [string, string]]),
    ["chain", `${chain.id}, Marketplace ${client.marketplace}`],
  ];
  return confirmSpending(summary, { ...options, chainId: chain.id });
}

async function gasOf(
  { public: node, marketplace }: MarketClient,
  { functionName, args, value }: Spending,
  account: Address,
): Promise<string> {
  try {
    const [gas, price] = await Promise.all([
      node.estimateContractGas({
        ...{ address: marketplace, abi: marketplaceAbi as Abi, functionName, args, account },
        ...(value === undefined ? {} : { value }),
      }),
      node.getGasPrice(),
    ]);
    return `about ${formatEther(gas * price)} ether: ${gas} at ${formatGwei(price)} gwei`;
  } catch {
    // Why it would fail is said when it is sent: it is simulated before.
    return "unknown: the chain refuses to estimate it, so the transaction would fail";
  }
}
