import { buildModule } from "@nomicfoundation/ignition-core";
import { juryModule, type RandomnessSource } from "./JuryArbiter.ts";
import marketplaceModule from "./Marketplace.ts";

/** All of Assay on one chain: a Marketplace, and a jury that jobs may name as their arbiter. */
export function assayModule(source: RandomnessSource) {
  return buildModule("Assay", (m) => {
    const { marketplace } = m.useModule(marketplaceModule);
    const { jury, randomness } = m.useModule(juryModule(source));
    return { marketplace, jury, randomness };
  });
}
