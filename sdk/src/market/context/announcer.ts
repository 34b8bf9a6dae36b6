import type { JobHint } from "../../protocol/wire/jobHint.ts";

/** Tells the nodes of the network to look at the chain now: gossip, where there is some. */
export interface Announcer {
  announce(hint: JobHint): Promise<void>;
}
