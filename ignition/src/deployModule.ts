import {
  type ArtifactResolver,
  type DeploymentResult,
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

/** The message says of each contract what went wrong. */
export class DeploymentFailedError extends Error {
  override name = "DeploymentFailedError";
  readonly code = "DEPLOYMENT_FAILED";
  /** Whether it was begun with other parameters, or from another account. */
  readonly isChanged: boolean;

  constructor(result: DeploymentResult) {
    super(`The deployment did not succeed: ${reasonsOf(result).join("; ")}.`);
    this.isChanged = String(result.type) === "RECONCILIATION_ERROR";
  }
}

function reasonsOf(result: DeploymentResult): string[] {
  if ("errors" in result) {
    return Object.entries(result.errors).flatMap(([id, errors]) =>
      errors.map((error) => `${id}: ${error}`),
    );
  }
  if (!("failed" in result)) return [result.type];
  const { failed, held, timedOut } = result;
  return [
    ...failed.map(({ futureId, error }) => `${futureId}: ${error}`),
    ...held.map(({ futureId, reason }) => `${futureId}: ${reason}`),
    ...timedOut.map(
      ({ futureId }) => `${futureId}: its transaction is not mined yet, run it again`,
    ),
  ];
}

/** The contracts of this package, as Ignition asks for them. */
export const artifacts: ArtifactResolver = {
  async loadArtifact(name) {
    const contract = contracts[name];
    if (contract === undefined) throw new TypeError(`there is no contract ${name}`);
    return { ...contract, _format: "assay" };
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
  return addressesIn(result, module);
}

/**
 * @returns the addresses of a deployment's contracts, by the names that the module gives them.
 * @throws {@link DeploymentFailedError}
 */
export function addressesIn<Results extends IgnitionModuleResult<string>>(
  result: DeploymentResult,
  module: IgnitionModule<string, string, Results>,
): Record<keyof Results, Address> {
  if (!("contracts" in result)) throw new DeploymentFailedError(result);
  const { contracts: deployed } = result;
  return Object.fromEntries(
    Object.entries(module.results).map(([name, { id }]) => [name, deployed[id]?.address]),
  ) as Record<keyof Results, Address>;
}
