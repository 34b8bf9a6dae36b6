import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bytesToHex, createPublicClient, type Hex, http, type PublicClient } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { afterEach, beforeEach, expect } from "vitest";
import { startAnvil } from "../../test/fixtures/chain.ts";
import { type Started, startedThings, temporaryFolder } from "../../worker/test/network.ts";
import { runCommand } from "./callCli.ts";

const MNEMONIC = "test test test test test test test test test test test junk";
const deployer = mnemonicToAccount(MNEMONIC).address;
/** Rules that are good. */
export const RULES = fileURLToPath(
  new URL("../../ignition/parameters/local.json", import.meta.url),
);
/** A chain that is none for development, and that Assay is not made for. */
export const CHAIN_ID = 5_151;

export interface Ended {
  code: number;
  /** What it printed, if it printed something. */
  json: Record<string, unknown> | undefined;
  stderr: string;
}

interface How {
  parameters?: string;
  account?: number;
  environment?: NodeJS.ProcessEnv;
}

export interface Deploying {
  started: Started;
  /** Of the chain that the next commands talk to. */
  rpcUrl: string;
  /** The deployment file. */
  readonly out: string;
  /** Starts an anvil. */
  startChain(...options: string[]): Promise<void>;
  deployArguments(...more: string[]): string[];
  deploy(more?: string[], how?: How): Promise<Ended>;
  verify(more?: string[], environment?: NodeJS.ProcessEnv): Promise<Ended>;
  run(argv: string[], environment?: NodeJS.ProcessEnv): Promise<Ended>;
  reader(): PublicClient;
  /** How many the account has sent. */
  transactions(): Promise<number>;
  /** A file of rules that differs from the good one. */
  changed(from: string, to: string): Promise<string>;
}

export function keyOf(addressIndex: number): Hex {
  const { privateKey } = mnemonicToAccount(MNEMONIC, { addressIndex }).getHdKey();
  return bytesToHex(privateKey ?? new Uint8Array());
}

/** What the tests of a file deploy with: each has a folder and a chain of its own. */
export function deploying(): Deploying {
  const started = startedThings();
  let folder: string;
  beforeEach(async () => {
    folder = await temporaryFolder(started);
  });
  afterEach(() => started.end());
  const here: Deploying = {
    started,
    rpcUrl: "",
    get out() {
      return join(folder, "deployment.json");
    },
    async startChain(...options) {
      const node = await startAnvil(["--chain-id", String(CHAIN_ID), ...options]);
      started.add(() => node.stop());
      here.rpcUrl = node.rpcUrl;
    },
    deployArguments: (...more) => [
      ...["chain", "deploy", "--rpc", here.rpcUrl, "--json", "--data-dir", join(folder, "data")],
      ...["--out", here.out, "--journal", join(folder, "journal"), ...more],
    ],
    deploy(more = [], { parameters = RULES, account = 0, environment = {} } = {}) {
      const argv = here.deployArguments("--parameters", parameters, ...more);
      return here.run(argv, { ASSAY_PRIVATE_KEY: keyOf(account), ...environment });
    },
    verify(more = [], environment) {
      const where = ["--rpc", here.rpcUrl, "--deployment", here.out];
      return here.run(["chain", "verify", ...where, "--json", ...more], environment);
    },
    async run(argv, environment) {
      const { code, lines, stderr } = await runCommand(argv, environment);
      return { code, json: lines[0], stderr };
    },
    reader: () => createPublicClient({ transport: http(here.rpcUrl) }),
    transactions: () => here.reader().getTransactionCount({ address: deployer }),
    async changed(from, to) {
      const text = await readFile(RULES, "utf8");
      expect(text).toContain(from);
      const file = join(folder, "changed.json");
      await writeFile(file, text.replace(from, to));
      return file;
    },
  };
  return here;
}
