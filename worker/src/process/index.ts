export { VERSION } from "../kernel/version.ts";
export type { Command, CommandContext } from "./command.ts";
export { type FiledDeployment, readDeployments } from "./deploymentFile.ts";
export { table, toJson } from "./log.ts";
export { deploymentIfKnown, knownMarketplace } from "./marketplace.ts";
export { runAsProcess } from "./runAsProcess.ts";
export { createStartCommand, loadNode, startCommand } from "./start.ts";
