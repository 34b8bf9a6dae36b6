import { buildModule } from "@nomicfoundation/ignition-core";
import offersModule from "./Offers.ts";
import proofModule from "./ProofArbiter.ts";

/** What a local chain has without a jury: a Marketplace, the fraud proof and `Offers`. */
export default buildModule("Local", (m) => {
  const { marketplace, proof } = m.useModule(proofModule);
  const { offers } = m.useModule(offersModule);
  return { marketplace, proof, offers };
});
