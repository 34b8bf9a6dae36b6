import { createMarketClient, type MarketClient, type WriteReturnType } from "@assay/sdk";
import { loadOptions, type ParsedOptions, UsageError } from "@assay/worker/config";
import { readAccount } from "@assay/worker/keystore";
import { connectChain, isNodeRunning } from "@assay/worker/operate";
import { type Command, knownMarketplace, table, toJson } from "@assay/worker/process";
import { type Account, formatEther } from "viem";
import { stakeAmountOptions, stakeStatusOptions, stakeWithdrawOptions } from "./stakeOptions.ts";

type Common = ParsedOptions<typeof stakeWithdrawOptions>;

export const stakeStatusCommand: Command = {
  summary: "show an account's stake, what of it is locked or unbonding, and its credit",
  options: stakeStatusOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(stakeStatusOptions, argv, environment);
    const account = values.account ?? (await readAccount(values, environment)).address;
    const client = await clientOf(values);
    const { stake, locked, free, unbonding, unbondingReadyAt } = await client.getAccount({
      account,
    });
    const credit = await client.getCredit({ account });
    const money = { stake, locked, free, unbonding, credit };
    const ready = unbonding === 0n ? "" : `, ready ${dateOf(unbondingReadyAt)}`;
    const rows = Object.entries(money).map(([what, wei]): [string, string] => [
      what,
      `${formatEther(wei)} ether${what === "unbonding" ? ready : ""}`,
    ]);
    const inWei = Object.fromEntries(Object.entries(money).map(([what, v]) => [`${what}Wei`, v]));
    const fields = { account, ...inWei, unbondingReadyAt };
    stdout.write(`${values.json ? toJson(fields) : table([["account", account], ...rows])}\n`);
    return 0;
  },
};

export const stakeDepositCommand: Command = {
  summary: "add to the account's stake",
  options: stakeAmountOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(stakeAmountOptions, argv, environment);
    const amount = required(values.amount);
    const client = await writerOf(values, environment);
    const sent = await client.deposit({ amount });
    stdout.write(said(values, sent, `${formatEther(sent.amount)} ether are staked.`));
    return 0;
  },
};

export const stakeUnbondCommand: Command = {
  summary: "take free stake out; it may be withdrawn when its time is over",
  options: stakeAmountOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(stakeAmountOptions, argv, environment);
    const amount = required(values.amount);
    const client = await writerOf(values, environment);
    const sent = await client.unbond({ amount });
    const words = `${formatEther(sent.amount)} ether may be withdrawn from ${dateOf(sent.readyAt)} on.`;
    stdout.write(said(values, sent, words));
    return 0;
  },
};

export const stakeWithdrawCommand: Command = {
  summary: "send what has unbonded to the account",
  options: stakeWithdrawOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(stakeWithdrawOptions, argv, environment);
    const client = await writerOf(values, environment);
    const sent = await client.withdrawStake();
    stdout.write(said(values, sent, `${formatEther(sent.amount)} ether were withdrawn.`));
    return 0;
  },
};

function required(amount: bigint | undefined): bigint {
  if (amount === undefined) throw new UsageError("How much? Give --amount, such as 0.5 (ether).");
  return amount;
}

async function clientOf(values: Common, account?: Account): Promise<MarketClient> {
  const { rpc, chainId, confirmations } = values;
  if (rpc.length === 0) {
    throw new UsageError(
      "Stake is on a chain: give its JSON-RPC with --rpc, ASSAY_RPC or chain.rpc.",
    );
  }
  const { chain, transport } = await connectChain(rpc, { expectedId: chainId });
  const marketplace = values.marketplace ?? knownMarketplace(chain.id);
  return createMarketClient({ chain, transport, marketplace, account, confirmations });
}

/** A node and a command that both send from one account would take each other's nonces. */
async function writerOf(values: Common, environment: NodeJS.ProcessEnv): Promise<MarketClient> {
  if (await isNodeRunning(values.dataDir)) {
    throw new UsageError(
      `A node runs in ${values.dataDir} and sends from this account: stop it first (assay worker drain), or raise its policy.stake.`,
    );
  }
  return clientOf(values, await readAccount(values, environment));
}

function said(
  { json }: Pick<Common, "json">,
  { hash, gasUsed, feeWei, ...rest }: WriteReturnType & { amount: bigint; readyAt?: number },
  words: string,
): string {
  const { amount, readyAt } = rest;
  return `${json ? toJson({ amountWei: amount, readyAt, hash, gasUsed, feeWei }) : `${words} (${hash})`}\n`;
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
