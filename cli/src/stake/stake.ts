import type { WriteReturnType } from "@assay/sdk";
import { loadOptions, UsageError } from "@assay/worker/config";
import { type Command, table, toJson } from "@assay/worker/process";
import { formatEther } from "viem";
import { addressOf, readerOf, writerOf } from "../market/marketClient.ts";
import { confirmTransaction } from "../market/spend.ts";
import { stakeAmountOptions, stakeStatusOptions, stakeWithdrawOptions } from "./stakeOptions.ts";

export const stakeStatusCommand: Command = {
  summary: "show an account's stake, what of it is locked or unbonding, and its credit",
  options: stakeStatusOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(stakeStatusOptions, argv, environment);
    const account = await addressOf(values, environment);
    const client = await readerOf(values);
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
  async run(argv, { environment, stdout, stderr, stdin }) {
    const { values } = loadOptions(stakeAmountOptions, argv, environment);
    const amount = required(values.amount);
    const client = await writerOf(values, environment);
    const spending = {
      ...{ what: "add to the stake", amount: `${formatEther(amount)} ether` },
      ...{ functionName: "deposit", args: [], value: amount },
    };
    const { yes } = values;
    if (!(await confirmTransaction(client, spending, { yes, stdin, stderr }))) return 1;
    const sent = await client.deposit({ amount });
    stdout.write(said(values, sent, `${formatEther(sent.amount)} ether are staked.`));
    return 0;
  },
};

export const stakeUnbondCommand: Command = {
  summary: "take free stake out; it may be withdrawn when its time is over",
  options: stakeAmountOptions,
  async run(argv, { environment, stdout, stderr, stdin }) {
    const { values } = loadOptions(stakeAmountOptions, argv, environment);
    const amount = required(values.amount);
    const client = await writerOf(values, environment);
    const spending = {
      ...{ what: "take stake out", amount: `${formatEther(amount)} ether` },
      ...{ functionName: "unbond", args: [amount] },
    };
    const { yes } = values;
    if (!(await confirmTransaction(client, spending, { yes, stdin, stderr }))) return 1;
    const sent = await client.unbond({ amount });
    const words = `${formatEther(sent.amount)} ether may be withdrawn from ${dateOf(sent.readyAt)} on.`;
    stdout.write(said(values, sent, words));
    return 0;
  },
};

export const stakeWithdrawCommand: Command = {
  summary: "send what has unbonded to the account",
  options: stakeWithdrawOptions,
  async run(argv, { environment, stdout, stderr, stdin }) {
    const { values } = loadOptions(stakeWithdrawOptions, argv, environment);
    const client = await writerOf(values, environment);
    const spending = {
      ...{ what: "send what has unbonded to the account", amount: "all of it" },
      ...{ functionName: "withdrawStake", args: [client.wallet?.account.address] },
    };
    const { yes } = values;
    if (!(await confirmTransaction(client, spending, { yes, stdin, stderr }))) return 1;
    const sent = await client.withdrawStake();
    stdout.write(said(values, sent, `${formatEther(sent.amount)} ether were withdrawn.`));
    return 0;
  },
};

function required(amount: bigint | undefined): bigint {
  if (amount === undefined) throw new UsageError("How much? Give --amount, such as 0.5 (ether).");
  return amount;
}

function said(
  { json }: { json: boolean },
  { hash, gasUsed, feeWei, ...rest }: WriteReturnType & { amount: bigint; readyAt?: number },
  words: string,
): string {
  const { amount, readyAt } = rest;
  return `${json ? toJson({ amountWei: amount, readyAt, hash, gasUsed, feeWei }) : `${words} (${hash})`}\n`;
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
