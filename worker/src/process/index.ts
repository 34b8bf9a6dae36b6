export { VERSION } from "../kernel/version.ts";
export type { Command, CommandContext } from "./command.ts";
export { table, toJson } from "./log.ts";
export { knownMarketplace } from "./marketplace.ts";
export { runAsProcess } from "./runAsProcess.ts";
export { createStartCommand, loadNode, startCommand } from "./start.ts";
