/** How the next host is chosen among those that have room. */
export const BALANCES = ["peak-ewma", "least-loaded", "random-of-two", "round-robin"] as const;
export type Balance = (typeof BALANCES)[number];

/** What a choice goes by. */
export interface Load {
  /** Tasks that it has. */
  readonly underWay: number;
  /** See {@link createPeakEwma}. */
  readonly latencyMs: number;
}

export type Choose = <Host extends Load>(hosts: readonly Host[]) => Host | undefined;

export function createBalance(balance: Balance, random: () => number = Math.random): Choose {
  let turn = 0;
  /** What the next task has to expect there: what it takes, times those before it. */
  const cost = ({ latencyMs, underWay }: Load) => latencyMs * (underWay + 1);
  const least = <Host>(hosts: readonly Host[], of: (host: Host) => number) =>
    hosts.reduce((best, host) => (of(host) < of(best) ? host : best), hosts[0] as Host);
  switch (balance) {
    case "round-robin":
      return (hosts) => hosts[turn++ % hosts.length];
    case "least-loaded":
      return (hosts) => (hosts.length === 0 ? undefined : least(hosts, ({ underWay }) => underWay));
    case "peak-ewma":
      return (hosts) => (hosts.length === 0 ? undefined : least(hosts, cost));
    case "random-of-two":
      // Mitzenmacher, 2001: the better of two taken at random is nearly as good as the best, and no host is run over by all clients.
      return (hosts) => {
        const first = hosts[Math.floor(random() * hosts.length)];
        const second = hosts[Math.floor(random() * hosts.length)];
        return first === undefined || second === undefined
          ? undefined
          : least([first, second], cost);
      };
  }
}

/** Time constant of the mean, in milliseconds. */
const DECAY_MS = 5_000;

/**
 * A mean of latencies that rises at once and falls slowly, as Finagle's: a host that was slow just now is believed to be slow until time has
 * passed.
 */
export function createPeakEwma(now: () => number = () => performance.now()) {
  let mean = 0;
  let at = now();
  return {
    get latencyMs() {
      return mean;
    },
    note(latencyMs: number): void {
      const weight = Math.exp(-(now() - at) / DECAY_MS);
      at = now();
      mean = latencyMs > mean ? latencyMs : mean * weight + latencyMs * (1 - weight);
    },
  };
}
