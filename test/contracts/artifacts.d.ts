import type { Artifact } from "hardhat/types/artifacts";
import type { juryArbiterAbi } from "../../sdk/src/generated/juryArbiterAbi.ts";
import type { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import type { offersAbi } from "../../sdk/src/generated/offersAbi.ts";
import type { proofArbiterAbi } from "../../sdk/src/generated/proofArbiterAbi.ts";
import type { randomnessAbi } from "../../sdk/src/generated/randomnessAbi.ts";

interface TypedArtifact<Abi extends readonly unknown[]> extends Omit<Artifact, "abi"> {
  readonly abi: Abi;
}

// Hardhat writes such a map beside the artifacts. Made from the committed ABIs, types do not wait for a build.
declare module "hardhat/types/artifacts" {
  interface ArtifactMap {
    Marketplace: TypedArtifact<typeof marketplaceAbi>;
    JuryArbiter: TypedArtifact<typeof juryArbiterAbi>;
    ProofArbiter: TypedArtifact<typeof proofArbiterAbi>;
    Offers: TypedArtifact<typeof offersAbi>;
    BlockRandomness: TypedArtifact<typeof randomnessAbi>;
    RandaoRandomness: TypedArtifact<typeof randomnessAbi>;
  }
}
