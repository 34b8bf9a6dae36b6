import type { Artifact } from "hardhat/types/artifacts";
import type { juryArbiterAbi } from "../sdk/src/generated/juryArbiterAbi.ts";
import type { marketplaceAbi } from "../sdk/src/generated/marketplaceAbi.ts";

interface MarketplaceArtifact extends Artifact {
  readonly abi: typeof marketplaceAbi;
}

interface JuryArbiterArtifact extends Artifact {
  readonly abi: typeof juryArbiterAbi;
}

// Hardhat writes such a map beside the artifacts. Made from the committed ABI, types do not wait for a build.
declare module "hardhat/types/artifacts" {
  interface ArtifactMap {
    Marketplace: MarketplaceArtifact;
    JuryArbiter: JuryArbiterArtifact;
  }
}
