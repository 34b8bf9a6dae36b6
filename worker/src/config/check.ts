import type { NodeRole } from "../kernel/part.ts";
import type { ParsedOptions } from "./definition.ts";
import { ConfigError } from "./errors.ts";
import type { nodeOptions } from "./nodeOptions.ts";

export type NodeConfig = ParsedOptions<typeof nodeOptions>;

const CHAIN_ROLES: readonly NodeRole[] = ["worker", "auditor", "juror"];

/** Whether the node has a part that deals with the chain, and so needs an RPC and an account. */
export function needsChain({ roles }: Pick<NodeConfig, "roles">): boolean {
  return roles.some((role) => CHAIN_ROLES.includes(role));
}

/**
 * Checks the rules between options.
 *
 * @throws {@link ConfigError}
 */
export function checkConfig(config: NodeConfig): void {
  const chainRole = config.roles.find((role) => CHAIN_ROLES.includes(role));
  if (chainRole !== undefined && config.rpc.length === 0) {
    throw new ConfigError(
      `A ${chainRole} needs a chain: give its JSON-RPC with --rpc, ASSAY_RPC or chain.rpc in the configuration.`,
    );
  }
  if (config.roles.includes("juror") && config.jury === undefined) {
    throw new ConfigError(
      "A juror serves a jury: give the JuryArbiter's address with --jury, ASSAY_JURY or policy.jury in the configuration.",
    );
  }
  if (config.content.includes("gateway") && config.gateway.length === 0) {
    throw new ConfigError(
      "Contents are to be read through a gateway: name one with --gateway, ASSAY_GATEWAY or content.gateways in the configuration.",
    );
  }
  if (config.content.includes("files") && config.contentFolder === undefined) {
    throw new ConfigError(
      "Contents are to be in files: name their folder with --content-folder, ASSAY_CONTENT_FOLDER or content.folder in the configuration.",
    );
  }
  if (config.keystore !== undefined && config.keyFile !== undefined) {
    throw new ConfigError(
      "The account has two keys, account.keystore and account.keyFile: leave one of them out.",
    );
  }
}
