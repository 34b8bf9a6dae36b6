import { createProgress, type ProgressStream } from "../terminal/progress.ts";
import type { DeployedContract } from "./inspectContract.ts";
import { etherscan, sourcify } from "./publishSource.ts";

/** Holds Etherscan's key: no option, so that it stands in no list of processes. */
const ETHERSCAN_KEY = "ETHERSCAN_API_KEY";

/**
 * Has the sources of contracts verified by Sourcify, and by Etherscan where there is a key for it.
 * @returns the names of the services.
 *
 * @throws SourceNotVerifiedError
 */
export async function publishSources(
  { chainId, contracts }: { chainId: number; contracts: readonly DeployedContract[] },
  { sourcifyUrl, etherscanUrl }: { sourcifyUrl: string; etherscanUrl: string },
  { environment, stderr }: { environment: NodeJS.ProcessEnv; stderr: ProgressStream },
): Promise<string[]> {
  const apiKey = environment[ETHERSCAN_KEY];
  delete environment[ETHERSCAN_KEY];
  const services = [
    sourcify({ url: sourcifyUrl }),
    ...(apiKey ? [etherscan({ url: etherscanUrl, apiKey })] : []),
  ];
  const progress = createProgress(stderr, services.length * contracts.length, "sources verified");
  try {
    let done = 0;
    for (const { name, verify } of services) {
      for (const contract of contracts) {
        progress.update(done, `${contract.contract.contractName} at ${name}`);
        await verify(chainId, contract);
        done += 1;
      }
    }
    progress.update(done);
  } finally {
    progress.end();
  }
  return services.map(({ name }) => name);
}
