/** `@assay/ignition/known`: what there is to know of chains and contracts, without what deploys. */
export { type AssayChain, type ChainGuarantees, chains } from "./chains.ts";
export {
  type CodeRange,
  type CompiledContract,
  contracts,
  type LinkReferences,
} from "./contracts.ts";
export type { RandomnessSource } from "./modules/JuryArbiter.ts";
export { type Parameters, parseParameters, readParameters } from "./parameters.ts";
export { leastSlash, proofRefusal } from "./proofRules.ts";
export { type ContractSources, readSources } from "./sources.ts";
