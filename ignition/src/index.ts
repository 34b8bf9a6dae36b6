export { type DeploymentNews, deployAssay, type KeptDeployment } from "./deployAssay.ts";
export { DeploymentFailedError, type DeploymentProvider, deployModule } from "./deployModule.ts";
export { deployedAt, deployedContracts } from "./journal.ts";
export * from "./known.ts";
export type { SignedTransaction } from "./mendJournal.ts";
export { assayModule } from "./modules/Assay.ts";
export { default as juryModule } from "./modules/JuryArbiter.ts";
export { default as localModule } from "./modules/Local.ts";
export { default as marketplaceModule } from "./modules/Marketplace.ts";
