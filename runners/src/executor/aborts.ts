/** What is to be done when signals abort: one listener a signal, however many tasks share it. */
export interface Aborts {
  /**
   * Calls `onAbort` when the signal aborts.
   * @returns what forgets it again.
   */
  add(signal: AbortSignal, onAbort: () => void): () => void;
}

/** A signal looks through all its listeners whenever one is added or removed: a thousand tasks of a run would each pay for all others. */
export function createAborts(): Aborts {
  const groups = new Map<AbortSignal, { members: Set<() => void>; listener: () => void }>();
  return {
    add(signal, onAbort) {
      let group = groups.get(signal);
      if (group === undefined) {
        const members = new Set<() => void>();
        const listener = () => {
          groups.delete(signal);
          for (const member of members) member();
        };
        group = { members, listener };
        groups.set(signal, group);
        signal.addEventListener("abort", listener, { once: true });
      }
      const { members, listener } = group;
      members.add(onAbort);
      return () => {
        const isLast = members.delete(onAbort) && members.size === 0;
        if (!isLast || signal.aborted) return;
        groups.delete(signal);
        signal.removeEventListener("abort", listener);
      };
    },
  };
}
