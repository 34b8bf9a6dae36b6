import { Readable, Writable } from "node:stream";
import { bytesToHex } from "viem";
import type { TestChain } from "../../test/fixtures/chain.ts";
import { failureOf } from "../../worker/src/process/failure.ts";
import { accountOf, type Requester } from "../../worker/test/network.ts";
import { runCli } from "../src/cli.ts";

export interface CliCall {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The error's line, if it failed. */
  line: string | undefined;
}

/** What a call of the CLI prints and how it ends, in this process. */
export async function callCli(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  {
    stdin = "",
    onText = () => {},
  }: {
    stdin?: string /** Hears what it prints as it comes. */;
    onText?: (text: string) => void;
  } = {},
): Promise<CliCall> {
  const printed = { stdout: "", stderr: "" };
  const to = (name: keyof typeof printed) =>
    new Writable({
      write(chunk, _, done) {
        printed[name] += chunk;
        onText(String(chunk));
        done();
      },
    });
  const streams = { stdout: to("stdout"), stderr: to("stderr"), stdin: Readable.from([stdin]) };
  try {
    // A command takes secrets out of its environment.
    const exitCode = await runCli(argv, { env: { ...env }, ...streams });
    return { exitCode, ...printed, line: undefined };
  } catch (error) {
    return { ...failureOf(error), ...printed };
  }
}

/** A call as a process of its own would have it, in this process: one takes two seconds to start. */
export async function runCommand(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: number; lines: Record<string, unknown>[]; stderr: string }> {
  const { exitCode, stdout, stderr, line } = await callCli(argv, environment);
  const lines = stdout.split("\n").filter((text) => text !== "");
  return {
    code: exitCode,
    lines: lines.map((text) => (text.startsWith("{") ? JSON.parse(text) : { msg: text })),
    stderr: (line === undefined ? stderr : `${stderr}assay: ${line}`).trim(),
  };
}

/** What `assay dev` prints for this chain and network, with the requester's key. */
export function devEnvironment(chain: TestChain, { peer }: Requester): Record<string, string> {
  const { privateKey } = accountOf(chain, 1).getHdKey();
  return {
    ASSAY_RPC: chain.rpcUrl,
    ASSAY_MARKETPLACE: chain.marketplace,
    ASSAY_BOOTSTRAP: peer.multiaddrs[0] ?? "",
    ASSAY_PRIVATE_KEY: bytesToHex(privateKey ?? new Uint8Array()),
  };
}

/** The objects of a call with `--json`, one a line. */
export function jsonLines({ stdout }: CliCall): Record<string, unknown>[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}
