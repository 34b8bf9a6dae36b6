import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { trackTransaction, wipe } from "@nomicfoundation/ignition-core";
import { artifacts, type DeploymentProvider } from "./deployModule.ts";

/** A transaction that was signed, and perhaps sent. */
export interface SignedTransaction {
  hash: string;
  /** What is sent. */
  raw: string;
}

/** How far a contract is: only begun; with a transaction of which nobody knows whether it was sent; or as Ignition can go on from. */
interface Step {
  state: "begun" | "clear" | "prepared" | "sent";
  /** Of a transaction that is prepared. */
  nonce: number;
  /** What it sends, as Ignition has it. */
  data: string;
}

/** How often a node is asked for a transaction that it has just taken, which another node behind it may not know yet. */
const ASKED = 5;

/**
 * Clears up what Ignition does not go on from by itself: a contract that was begun when the process was killed, and a transaction that
 * it was about to send. The latter is sent once more, the very same, and so at most once.
 * @param signedFor - the transaction that was signed for a nonce.
 */
export async function mendJournal({
  folder,
  provider,
  confirmations,
  pollingIntervalMs,
  signedFor,
}: {
  folder: string;
  provider: DeploymentProvider;
  confirmations: number;
  pollingIntervalMs: number;
  signedFor: (nonce: number) => SignedTransaction | undefined;
}): Promise<void> {
  for (const [id, step] of await stepsIn(folder)) {
    if (step.state === "clear" || step.state === "sent") continue;
    const signed = step.state === "prepared" ? signedFor(step.nonce) : undefined;
    const isSent =
      signed !== undefined && (await sendAgain(provider, signed, { pauseMs: pollingIntervalMs }));
    if (isSent) {
      await trackTransaction(folder, signed.hash, spelledAs(step.data, provider), confirmations);
    } else {
      await wipe(folder, artifacts, id);
    }
  }
}

/**
 * Ignition takes a transaction for its own by its data, letter by letter: its own has capital letters where the address of a library is
 * linked, that of the chain has none.
 */
function spelledAs(data: string, provider: DeploymentProvider): DeploymentProvider {
  return {
    async request(call) {
      const answer = await provider.request(call);
      const { input } = (answer ?? {}) as { input?: unknown };
      const isSame = typeof input === "string" && input.toLowerCase() === data.toLowerCase();
      return isSame ? { ...(answer as object), input: data } : answer;
    },
  };
}

/** Whether the chain knows a transaction, now or after it was sent. */
async function sendAgain(
  provider: DeploymentProvider,
  { hash, raw }: SignedTransaction,
  { pauseMs }: { pauseMs: number },
): Promise<boolean> {
  const isKnown = async () =>
    (await provider.request({ method: "eth_getTransactionByHash", params: [hash] })) !== null;
  if (await isKnown()) return true;
  const isTaken = await provider.request({ method: "eth_sendRawTransaction", params: [raw] }).then(
    () => true,
    () => false, // another one has its nonce, or it is known after all
  );
  for (let asked = 0; isTaken && asked < ASKED; asked++) {
    if (await isKnown()) return true;
    await sleep(pauseMs);
  }
  return isKnown();
}

/** By contract, where the journal says that it is. */
async function stepsIn(folder: string): Promise<Map<string, Step>> {
  const text = await readFile(join(folder, "journal.jsonl"), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    },
  );
  const steps = new Map<string, Step>();
  for (const line of text.split("\n").filter((one) => one.startsWith("{"))) {
    const { type, futureId, nonce, networkInteraction } = JSON.parse(line);
    const last = steps.get(futureId) ?? { state: "begun", nonce: 0, data: "" };
    switch (type) {
      case "DEPLOYMENT_EXECUTION_STATE_INITIALIZE":
        steps.set(futureId, last);
        break;
      case "TRANSACTION_PREPARE_SEND":
        // A later version of a transaction that was sent is Ignition's own business.
        if (last.state !== "sent") steps.set(futureId, { ...last, state: "prepared", nonce });
        break;
      case "NETWORK_INTERACTION_REQUEST":
        steps.set(futureId, { ...last, state: "clear", data: networkInteraction.data });
        break;
      case "TRANSACTION_SEND":
      case "DEPLOYMENT_EXECUTION_STATE_COMPLETE":
        steps.set(futureId, { ...last, state: "sent" });
        break;
      case "WIPE_APPLY":
        steps.delete(futureId);
        break;
    }
  }
  return steps;
}
