import { existsSync } from "node:fs";
import { join } from "node:path";
import { createMarketClient } from "@assay/sdk";
import { formatEther } from "viem";
import { connectChain } from "../../chain/connectChain.ts";
import { readStatus, type StoreStatus } from "../../store/status.ts";
import type { Command } from "../command.ts";
import { UsageError } from "../errors.ts";
import { loadOptions } from "../loadOptions.ts";
import { toJson } from "../log.ts";
import { statusOptions } from "./statusOptions.ts";

export const statusCommand: Command = {
  summary: "show what a node knows and does, from its data folder",
  options: statusOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(statusOptions, argv, environment);
    const { dataDir, rpc, json } = values;
    const file = join(dataDir, "node.sqlite");
    if (!existsSync(file)) {
      throw new UsageError(`There is no node in ${dataDir}: give its folder with --data-dir.`);
    }
    const status = readStatus(file);
    const money = rpc.length === 0 ? undefined : await readMoney(status, rpc);
    stdout.write(`${json ? toJson({ ...status, ...money }) : forPeople(status, money)}\n`);
    return 0;
  },
};

interface Money {
  stakeWei: bigint;
  lockedWei: bigint;
  creditWei: bigint;
}

async function readMoney(
  { marketplace, account }: StoreStatus,
  rpc: readonly string[],
): Promise<Money> {
  const { chain, transport } = await connectChain(rpc);
  const client = createMarketClient({ chain, transport, marketplace });
  const { stake, locked } = await client.getAccount({ account });
  return { stakeWei: stake, lockedWei: locked, creditWei: await client.getCredit({ account }) };
}

function forPeople(status: StoreStatus, money: Money | undefined): string {
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([state, count]) => `${count} ${state}`)
      .join(", ") || "none";
  const rows = [
    ["account", status.account],
    ["marketplace", `${status.marketplace} on chain ${status.chainId}`],
    ["read up to block", String(status.nextBlock - 1n)],
    ["jobs", counts(status.jobs)],
    ["batches", counts(status.batches)],
    ...(money === undefined
      ? []
      : [
          ["stake", `${formatEther(money.stakeWei)} ether, ${formatEther(money.lockedWei)} locked`],
          ["credit", `${formatEther(money.creditWei)} ether`],
        ]),
  ];
  return rows.map(([name = "", value]) => `${name.padEnd(17)} ${value}`).join("\n");
}
