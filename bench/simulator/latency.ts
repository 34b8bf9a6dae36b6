import { normalQuantile } from "./random.ts";

/** How long bytes are on their way in one direction, in milliseconds. */
export interface Latency {
  /** Where it is from. */
  source: string;
  medianMs: number;
  /** Standard deviation of the logarithm: latencies are taken as log-normal. */
  spread: number;
  /** What a peer can send, in bytes a millisecond. */
  uplink: number;
}

export const LATENCIES = {
  loopback: {
    source: "one machine: a socket's way through the kernel",
    ...{ medianMs: 0.05, spread: 0, uplink: 1e6 },
  },
  dataCentre: {
    source: "an assumption: half a millisecond there and back, 1 Gbit/s",
    ...{ medianMs: 0.25, spread: 0.3, uplink: 125_000 },
  },
  internet: {
    source:
      "median: half the round trip of 159 ms between the 1,740 name servers of the King data set (Gummadi et al. 2002, as in Dabek et al., Vivaldi, 2004); spread and 20 Mbit/s are assumptions",
    ...{ medianMs: 79.5, spread: 0.6, uplink: 2_500 },
  },
} satisfies Record<string, Latency>;

/** @param share - the link's place among all links, from 0 to 1. */
export function latencyMs({ medianMs, spread }: Latency, share: number): number {
  return spread === 0 ? medianMs : medianMs * Math.exp(spread * normalQuantile(share));
}
