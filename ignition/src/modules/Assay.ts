import { buildModule } from "@nomicfoundation/ignition-core";
import { juryModule, type RandomnessSource } from "./JuryArbiter.ts";
import marketplaceModule from "./Marketplace.ts";
import proofModule from "./ProofArbiter.ts";

/** All of Assay on one chain: a Marketplace, and two arbiters that jobs may name, a jury and a fraud proof. */
export function assayModule(source: RandomnessSource) {
  return buildModule("Assay", (m) => {
    const { marketplace } = m.useModule(marketplaceModule);
    const { jury, randomness } = m.useModule(juryModule(source));
    const { proof } = m.useModule(proofModule);
    return { marketplace, jury, randomness, proof };
  });
}
