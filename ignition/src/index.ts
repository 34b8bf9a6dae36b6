export { type AssayChain, type ChainGuarantees, chains } from "./chains.ts";
export { type CompiledContract, contracts } from "./contracts.ts";
export { DeploymentFailedError, type DeploymentProvider, deployModule } from "./deployModule.ts";
export { assayModule } from "./modules/Assay.ts";
export { default as juryModule, type RandomnessSource } from "./modules/JuryArbiter.ts";
export { default as marketplaceModule } from "./modules/Marketplace.ts";
export { readParameters } from "./parameters.ts";
