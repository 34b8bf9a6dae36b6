import { buildModule } from "@nomicfoundation/ignition-core";
import { juryModule, type RandomnessSource } from "./JuryArbiter.ts";
import marketplaceModule from "./Marketplace.ts";
import offersModule from "./Offers.ts";
import proofModule from "./ProofArbiter.ts";

/** All of Assay on one chain: a Marketplace, two arbiters that jobs may name, a jury and a fraud proof, and `Offers`. */
export function assayModule(source: RandomnessSource) {
  return buildModule("Assay", (m) => {
    const { marketplace } = m.useModule(marketplaceModule);
    const { jury, randomness } = m.useModule(juryModule(source));
    const { proof } = m.useModule(proofModule);
    const { offers } = m.useModule(offersModule);
    return { marketplace, jury, randomness, proof, offers };
  });
}
