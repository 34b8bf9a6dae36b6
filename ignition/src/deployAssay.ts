import {
  type DeploymentResult,
  deploy,
  type ExecutionEventListener,
  wipe,
} from "@nomicfoundation/ignition-core";
import { addressesIn, artifacts, type DeploymentProvider } from "./deployModule.ts";
import { deployedAt } from "./journal.ts";
import { mendJournal, type SignedTransaction } from "./mendJournal.ts";
import { assayModule } from "./modules/Assay.ts";
import type { RandomnessSource } from "./modules/JuryArbiter.ts";
import type { Parameters } from "./parameters.ts";

type Address = `0x${string}`;

/** What has become of one contract. */
export interface DeploymentNews {
  /** `Marketplace` */
  contract: string;
  state: "begun" | "sent" | "deployed";
  /** Of the transaction that was sent. */
  hash?: string;
}

export interface KeptDeployment {
  marketplace: Address;
  jury: Address;
  randomness: Address;
  proof: Address;
  offers: Address;
  /** Of the Marketplace. */
  blockNumber: number;
}

/**
 * Deploys all of Assay and keeps a journal of it: called again after a failure, or after its process was killed, it goes on where it
 * stopped. What is deployed already is not sent again.
 *
 * @throws DeploymentFailedError
 */
export async function deployAssay({
  folder,
  source,
  provider,
  parameters,
  from,
  confirmations,
  pollingIntervalMs,
  maxFeePerGas,
  signedFor,
  onNews = () => {},
}: {
  /** Where the journal is. */
  folder: string;
  source: RandomnessSource;
  provider: DeploymentProvider;
  parameters: Parameters;
  from: Address;
  /** Blocks, its own included, after which a transaction is believed. */
  confirmations: number;
  pollingIntervalMs: number;
  /** Wei; no limit if there is none. */
  maxFeePerGas?: bigint | undefined;
  /** The transaction that the provider has signed for a nonce, in an earlier process too. */
  signedFor: (nonce: number) => SignedTransaction | undefined;
  onNews?: (news: DeploymentNews) => void;
}): Promise<KeptDeployment> {
  const ignitionModule = assayModule(source);
  const run = () =>
    deploy({
      config: { requiredConfirmations: confirmations, blockPollingInterval: pollingIntervalMs },
      ...{ artifactResolver: artifacts, provider, ignitionModule, deploymentDir: folder },
      ...{ deploymentParameters: parameters, accounts: [from], defaultSender: from },
      ...(maxFeePerGas === undefined ? {} : { maxFeePerGasLimit: maxFeePerGas }),
      executionEventListener: listener(onNews),
    });
  await mendJournal({ folder, provider, confirmations, pollingIntervalMs, signedFor });
  let result = await run();
  if (isOfEarlierRun(result)) {
    // Ignition does not try again what failed before unless it is told to forget it.
    for (const id of Object.keys(result.errors)) await wipe(folder, artifacts, id);
    result = await run();
  }
  const addresses = addressesIn(result, ignitionModule);
  return { ...addresses, blockNumber: await deployedAt(folder) };
}

function isOfEarlierRun(
  result: DeploymentResult,
): result is Extract<DeploymentResult, { errors: object }> {
  return String(result.type) === "PREVIOUS_RUN_ERROR";
}

/** Ignition tells of some thirty events; three of them are news. */
function listener(onNews: (news: DeploymentNews) => void): ExecutionEventListener {
  const nameOf = (id: string) => id.slice(id.indexOf("#") + 1);
  const heard: Partial<ExecutionEventListener> = {
    async deploymentExecutionStateInitialize({ futureId }) {
      onNews({ contract: nameOf(futureId), state: "begun" });
    },
    async transactionSend({ futureId, hash }) {
      onNews({ contract: nameOf(futureId), state: "sent", hash });
    },
    async deploymentExecutionStateComplete({ futureId, result }) {
      if (String(result.type) !== "SUCCESS") return;
      onNews({ contract: nameOf(futureId), state: "deployed" });
    },
  };
  return new Proxy(heard as ExecutionEventListener, {
    get: (target, event) => Reflect.get(target, event) ?? (async () => {}),
  });
}
