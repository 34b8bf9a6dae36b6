import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Address, HDAccount } from "viem";
import { createTestClient, http } from "viem";
import { hardhat } from "viem/chains";
import { compileCache } from "./compileCache.ts";
import { LocalnetError } from "./errors.ts";
import type { Guard } from "./guard.ts";
import { localAccount } from "./localAccount.ts";
import { portTaken } from "./port.ts";
import { inOwnGroup, stopProcess } from "./process.ts";

/** The single message of the chain's process to its parent. */
export type ChainMessage =
  | {
      type: "ready";
      rpcUrl: string;
      marketplace: Address;
      jury?: Address | undefined;
      proof: Address;
      offers: Address;
      token?: Address | undefined;
    }
  | { type: "failed"; code: string; message: string };

export interface LocalChain {
  rpcUrl: string;
  marketplace: Address;
  /** The JuryArbiter, if there is one. */
  jury: Address | undefined;
  /** The ProofArbiter. */
  proof: Address;
  /** The contract `Offers`. */
  offers: Address;
  /** The ERC-20 token with play money, if there is one. */
  token: Address | undefined;
  /** Funded with 10,000 coins each; Hardhat's well-known development mnemonic, for local chains only. */
  account(index: number): HDAccount;
  /** Moves the chain's clock forward and mines one block there. */
  passTime(seconds: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a chain and deploys the Marketplace, the ProofArbiter and Offers on it, and a jury and a token if asked for.
 * @param port - 0 takes any free port.
 * @param withJury - whether there is a jury, and blocks come by themselves, as draws need it.
 * @param tokenHolder - index of the account that has all the play money at first.
 * @param guard - ends the chain when this process is gone and the chain does not notice.
 * @param onFailure - is called if the chain ends without being asked to, once it is ready.
 * @throws {@link LocalnetError} `PORT_TAKEN` or `CHAIN_FAILED`.
 */
export async function startChain({
  port = 0,
  accounts,
  withJury = false,
  tokenHolder,
  guard,
  onFailure,
  signal,
}: {
  port?: number;
  accounts: number;
  withJury?: boolean;
  tokenHolder?: number | undefined;
  guard?: Pick<Guard, "watch">;
  onFailure: (error: LocalnetError) => void;
  signal?: AbortSignal;
}): Promise<LocalChain> {
  const extras = [
    ...(withJury ? ["jury"] : []),
    ...(tokenHolder === undefined ? [] : [localAccount(tokenHolder).address]),
  ];
  const child = fork(
    fileURLToPath(new URL("chainProcess.ts", import.meta.url)),
    [String(port), String(accounts), ...extras],
    {
      ...inOwnGroup,
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, ...compileCache() },
    },
  );
  guard?.watch(child);
  let message: ChainMessage;
  try {
    message = await firstMessage(child, signal);
  } catch (error) {
    await stopProcess(child);
    throw error;
  }
  if (message.type === "failed") {
    await stopProcess(child);
    throw message.code === "EADDRINUSE"
      ? portTaken(port)
      : new LocalnetError("CHAIN_FAILED", `The local chain did not start: ${message.message}`);
  }

  let isStopping = false;
  child.once("exit", (code, signal) => {
    const how = signal ?? `exit code ${code}`;
    const message = `The local chain ended by itself (${how}), and everything ends with it: its state is lost, so start it again.`;
    if (!isStopping) onFailure(new LocalnetError("CHAIN_FAILED", message));
  });
  const { rpcUrl, marketplace, jury, proof, offers, token } = message;
  const clock = createTestClient({ chain: hardhat, mode: "hardhat", transport: http(rpcUrl) });
  return {
    rpcUrl,
    marketplace,
    jury,
    proof,
    offers,
    token,
    account: localAccount,
    async passTime(seconds) {
      await clock.increaseTime({ seconds });
      await clock.mine({ blocks: 1 });
    },
    stop() {
      isStopping = true;
      return stopProcess(child);
    },
  };
}

function firstMessage(child: ChildProcess, signal?: AbortSignal): Promise<ChainMessage> {
  return new Promise((resolve, reject) => {
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-2_000);
    });
    const onAbort = () => reject(signal?.reason);
    signal?.throwIfAborted();
    signal?.addEventListener("abort", onAbort, { once: true });
    child.once("message", (message) => {
      signal?.removeEventListener("abort", onAbort);
      resolve(message as ChainMessage);
    });
    child.once("error", reject);
    child.once("exit", (code) => {
      reject(
        new LocalnetError(
          "CHAIN_FAILED",
          `The local chain ended before it was ready (exit code ${code}): ${stderr.trim() || "no output"}`,
        ),
      );
    });
  });
}
