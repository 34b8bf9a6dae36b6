import type { NodeLog, NodePlan } from "./worker.ts";

/** Which nodes have stopped moving in which games, as they tell it themselves. */
export interface Standstills {
  onLog(log: NodeLog, node: NodePlan): void;
  /** Whether this account makes no move in a dispute any more. */
  isStopped(id: string, account: string): boolean;
}

/** A liar gives up when it cannot find its move; an honest node, to which that may happen too, will find it. */
const isEnd = ({ msg }: NodeLog, { lies = false }: NodePlan) =>
  msg === "game given up" || (lies && msg === "move put off");

export function createStandstills(addressOf: (node: NodePlan) => string): Standstills {
  const stopped = new Set<string>();
  const keyOf = (id: unknown, account: string) => `${id}/${account.toLowerCase()}`;
  return {
    onLog(log, node) {
      if (isEnd(log, node)) stopped.add(keyOf(log.id, addressOf(node)));
      else if (log.msg === "move made") stopped.delete(keyOf(log.id, addressOf(node)));
    },
    isStopped: (id, account) => stopped.has(keyOf(id, account)),
  };
}
