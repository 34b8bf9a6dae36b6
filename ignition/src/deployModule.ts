import {
  type ArtifactResolver,
  deploy,
  type IgnitionModule,
  type IgnitionModuleResult,
} from "@nomicfoundation/ignition-core";
import { contracts } from "./contracts.ts";
import type { Parameters } from "./parameters.ts";

/** As viem has it. */
type Address = `0x${string}`;

/** An EIP-1193 provider whose accounts sign. */
export interface DeploymentProvider {
  request(args: { method: string; params?: readonly unknown[] | object }): Promise<unknown>;
}

export class DeploymentFailedError extends Error {
  override name = "DeploymentFailedError";

  constructor(result: object) {
    super(`The deployment did not succeed: ${JSON.stringify(result)}`);
  }
}

const artifacts: ArtifactResolver = {
  async loadArtifact(name) {
    const contract = contracts[name];
    if (contract === undefined) throw new TypeError(`there is no contract ${name}`);
    // Verifying the source needs the code that lies on the chain; deploying does not.
    const unused = { _format: "assay", deployedBytecode: "0x", deployedLinkReferences: {} };
    return { ...contract, ...unused };
  },
  async getBuildInfo() {
    return undefined;
  },
};

/**
 * Deploys a module of this package on a chain whose blocks come at once, and remembers nothing of it: for chains that do not last.
 * @returns the contracts' addresses, by the names that the module gives them.
 * @throws {@link DeploymentFailedError}
 */
export async function deployModule<Results extends IgnitionModuleResult<string>>(
  module: IgnitionModule<string, string, Results>,
  {
    provider,
    parameters,
    from,
  }: { provider: DeploymentProvider; parameters: Parameters; from: Address },
): Promise<Record<keyof Results, Address>> {
  const result = await deploy({
    config: { requiredConfirmations: 1, blockPollingInterval: 50 },
    artifactResolver: artifacts,
    provider,
    ignitionModule: module,
    deploymentParameters: parameters,
    accounts: [from],
    defaultSender: from,
  });
  if (!("contracts" in result)) throw new DeploymentFailedError(result);
  const { contracts: deployed } = result;
  return Object.fromEntries(
    Object.entries(module.results).map(([name, { id }]) => [name, deployed[id]?.address]),
  ) as Record<keyof Results, Address>;
}
