import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ordersTo } from "../ordered.ts";
import type { Kind, Order, Reply } from "./orders.ts";

/** A member as a process of its own. */
export class MemberProcess {
  readonly child: ChildProcess;
  readonly order: (order: Order) => Promise<Reply>;

  constructor() {
    this.child = fork(fileURLToPath(new URL("member.ts", import.meta.url)), {
      execArgv: ["--max-semi-space-size=4"],
    });
    this.order = ordersTo(this.child);
  }

  async stop(): Promise<void> {
    const exit = once(this.child, "exit");
    this.child.disconnect();
    await exit;
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Members as processes, everybody of whom knows everybody; for ours, how long the last of them took to know all others. */
export async function startProcesses(
  kind: Kind,
  count: number,
  { countsBytes = false }: { countsBytes?: boolean } = {},
) {
  const members = Array.from({ length: count }, () => new MemberProcess());
  const [first, ...others] = members;
  const joined = await first?.order({ do: "join", kind, bootstrap: [], countsBytes });
  const bootstrap = joined?.joined ?? [];
  const discoveriesMs: number[] = [];
  const addresses = [...bootstrap];
  for (const member of others) {
    const startedAt = performance.now();
    const { joined: own = [] } = await member.order({ do: "join", kind, bootstrap, countsBytes });
    await member.order({ do: "connect", addresses });
    const known = addresses.length;
    addresses.push(own[0] ?? "");
    while (((await member.order({ do: "report" })).neighbours ?? 0) < known) await sleep(20);
    discoveriesMs.push(performance.now() - startedAt);
  }
  return { members, addresses, discoveriesMs };
}
