import { buildModule } from "@nomicfoundation/ignition-core";
import marketplaceModule from "./Marketplace.ts";

/** The hash of a later block, or its RANDAO: `docs/jury.md` says which fits which chain. */
export type RandomnessSource = "BlockRandomness" | "RandaoRandomness";

/**
 * A `JuryArbiter` for the disputes of the Marketplace, with a source of randomness of its own, which looks at the block that comes `delayBlocks` after it is asked.
 * `ignition/parameters/<network>.json` has the parameters for each chain; their units and bounds stand in
 * `contracts/jury/types/Jury.sol`.
 */
export function juryModule(source: RandomnessSource) {
  return buildModule("JuryArbiter", (m) => {
    const { marketplace } = m.useModule(marketplaceModule);
    const randomness = m.contract(source, [m.getParameter<bigint>("delayBlocks")]);
    const jury = m.contract("JuryArbiter", [
      {
        marketplace,
        randomness,
        ticketWei: m.getParameter<bigint>("ticketWei"),
        seatFeeWei: m.getParameter<bigint>("seatFeeWei"),
        jurySize: m.getParameter<number>("jurySize"),
        noShowSlashBps: m.getParameter<number>("noShowSlashBps"),
        minoritySlashBps: m.getParameter<number>("minoritySlashBps"),
        epochSeconds: m.getParameter<number>("epochSeconds"),
        commitSeconds: m.getParameter<number>("commitSeconds"),
        revealSeconds: m.getParameter<number>("revealSeconds"),
        appealSeconds: m.getParameter<number>("appealSeconds"),
        unbondingSeconds: m.getParameter<number>("unbondingSeconds"),
      },
    ]);
    return { marketplace, jury, randomness };
  });
}

export default juryModule("BlockRandomness");
