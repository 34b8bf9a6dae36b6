import { buildModule } from "@nomicfoundation/ignition-core";
import marketplaceModule from "./Marketplace.ts";

/**
 * A `ProofArbiter` for the disputes of the Marketplace, with the contracts that carry out a step. `ignition/parameters/<network>.json` has
 * the parameters for each chain; their units stand in `contracts/proof/types/Parameters.sol`.
 */
export default buildModule("ProofArbiter", (m) => {
  const { marketplace } = m.useModule(marketplaceModule);
  const instructionVerifier = m.contract("InstructionVerifier");
  const hostStepVerifier = m.contract("HostStepVerifier");
  const proof = m.contract("ProofArbiter", [
    {
      ...{ marketplace, instructionVerifier, hostStepVerifier },
      feeWei: m.getParameter<bigint>("feeWei"),
      clockSeconds: m.getParameter<number>("clockSeconds"),
    },
  ]);
  return { marketplace, instructionVerifier, hostStepVerifier, proof };
});
