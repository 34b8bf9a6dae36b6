import type { Parameters, RandomnessSource } from "@assay/ignition/known";
import type { CommandContext, FiledDeployment } from "@assay/worker/process";
import type { PrivateKeyAccount, PublicClient } from "viem";
import { createProgress } from "../terminal/progress.ts";
import { DeployFailedError } from "./errors.ts";
import { signingProvider } from "./signingProvider.ts";

/**
 * Deploys, and shows how far it is.
 *
 * @throws {@link DeployFailedError}
 */
export async function runDeployment(
  client: PublicClient,
  {
    chainId,
    account,
    journal,
    rules,
    contracts,
    ...rest
  }: {
    chainId: number;
    account: PrivateKeyAccount;
    journal: string;
    rules: Parameters;
    source: RandomnessSource;
    confirmations: number;
    pollingIntervalMs: number;
    maxFeePerGas: bigint | undefined;
    /** Number of contracts. */
    contracts: number;
  },
  { stderr }: Pick<CommandContext, "stderr">,
): Promise<Omit<FiledDeployment, "confirmations">> {
  // Ignition is large, and a wrong option is said before it is loaded.
  const { deployAssay, deployedContracts, DeploymentFailedError } = await import("@assay/ignition");
  const progress = createProgress(stderr, contracts, "contracts deployed");
  let done = (await deployedContracts(journal)).length;
  progress.update(done);
  try {
    const provider = signingProvider(client, { account, chainId, folder: journal });
    const { blockNumber, ...addresses } = await deployAssay({
      ...{ folder: journal, provider, signedFor: provider.signedFor },
      ...{ parameters: rules, from: account.address, ...rest },
      onNews({ contract, state, hash }) {
        if (state === "deployed") done += 1;
        progress.update(done, `${contract} ${state}${hash === undefined ? "" : ` in ${hash}`}`);
      },
    });
    progress.update(contracts);
    return { ...addresses, blockNumber: BigInt(blockNumber) };
  } catch (cause) {
    const { shortMessage, message } = cause as { shortMessage?: string; message?: string };
    const [reason = ""] = (shortMessage ?? message ?? String(cause)).split("\n");
    const advice =
      cause instanceof DeploymentFailedError && cause.isChanged
        ? "Give what was given at first, or begin anew with another --journal."
        : `Run the same command again: ${journal} says what is deployed.`;
    throw new DeployFailedError(`${reason.replace(/\.$/, "")}. ${advice}`, { cause });
  } finally {
    progress.end();
  }
}
