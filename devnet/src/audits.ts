import type { NodeLog, NodePlan } from "./worker.ts";

/** Which auditors have looked at which submissions, as they tell it themselves. */
export interface Audits {
  onLog(log: NodeLog, node: NodePlan): void;
  /** Whether every auditor but its worker has looked at what a worker submitted for a batch, and found nothing. */
  isClear(batch: number, worker: string): boolean;
}

/** @param auditors - the addresses of all of them, by the names of their nodes. */
export function createAudits(auditors: ReadonlyMap<string, string>): Audits {
  const clearedBy = new Map<string, Set<string>>();
  const keyOf = (batch: unknown, worker: unknown) => `${batch}/${String(worker).toLowerCase()}`;
  return {
    onLog({ msg, batch, worker }, { name }) {
      if (msg !== "batch audited") return;
      const key = keyOf(batch, worker);
      clearedBy.set(key, (clearedBy.get(key) ?? new Set()).add(name));
    },
    isClear(batch, worker) {
      const by = clearedBy.get(keyOf(batch, worker));
      return [...auditors].every(
        ([name, address]) => address.toLowerCase() === worker.toLowerCase() || by?.has(name),
      );
    },
  };
}
