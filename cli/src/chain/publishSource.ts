import { setTimeout as sleep } from "node:timers/promises";
import { type ContractSources, readSources } from "@assay/ignition/known";
import { SourceNotVerifiedError } from "./errors.ts";
import type { DeployedContract } from "./inspectContract.ts";

// Sourcify's API, version 2: https://docs.sourcify.dev/docs/api/
// Etherscan's API, version 2: https://docs.etherscan.io/contract-verification
// Hardhat's plugin for both wants Hardhat's project around it, which whoever installed `assay` has not.

export const SOURCIFY_URL = "https://sourcify.dev/server";
export const ETHERSCAN_URL = "https://api.etherscan.io/v2/api";

/** How often a service is asked whether it is done, how often at most, and how long one answer may take. */
const POLL_MS = 3_000;
const MOST_POLLS = 100;
const ANSWER_MS = 60_000;

export interface SourceService {
  name: string;
  /** Resolves when the source of a contract is verified, now or earlier. */
  verify(chainId: number, contract: DeployedContract): Promise<void>;
}

interface ServiceOptions {
  url: string;
  /** Milliseconds between two questions whether it is done. */
  pollMs?: number;
}

/** What the compiler is given, with the libraries of this deployment. */
async function inputOf({ libraries, contract }: DeployedContract): Promise<{
  input: object;
  compilerVersion: string;
  identifier: string;
}> {
  const { compilerVersion, settings, runs, ...input }: ContractSources = await readSources();
  const optimizer = {
    ...settings.optimizer,
    runs: runs[contract.contractName] ?? settings.optimizer.runs,
  };
  const linked = Object.fromEntries(
    Object.entries(contract.linkReferences).map(([source, names]) => [
      source,
      Object.fromEntries(Object.keys(names).map((name) => [name, libraries[name]])),
    ]),
  );
  return {
    input: { ...input, settings: { ...settings, optimizer, libraries: linked } },
    compilerVersion,
    identifier: `${contract.inputSourceName}:${contract.contractName}`,
  };
}

/** Sourcify needs no key, and passes what it has verified on to explorers. */
export function sourcify({ url, pollMs = POLL_MS }: ServiceOptions): SourceService {
  const name = "Sourcify";
  return {
    name,
    async verify(chainId, contract) {
      const { input, compilerVersion, identifier } = await inputOf(contract);
      const body = { stdJsonInput: input, compilerVersion, contractIdentifier: identifier };
      const { status, json } = await ask(name, `${url}/v2/verify/${chainId}/${contract.address}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (json.customCode === "already_verified") return;
      const { verificationId: id } = json;
      if (status >= 400 || typeof id !== "string" || !/^[\w-]+$/.test(id)) {
        throw new SourceNotVerifiedError(name, reasonIn(json) ?? `it answers with ${status}`);
      }
      await until(name, pollMs, async () => {
        const { json: job } = await ask(name, `${url}/v2/verify/${id}`);
        if (job.isJobCompleted !== true) return false;
        const { match } = (job.contract ?? {}) as { match?: unknown };
        const error = (job.error ?? {}) as Record<string, unknown>;
        if (match || error.customCode === "already_verified") return true;
        throw new SourceNotVerifiedError(name, reasonIn(error) ?? "the code does not match");
      });
    },
  };
}

/** Etherscan and the explorers that share its API want a key. */
export function etherscan({
  url,
  apiKey,
  pollMs = POLL_MS,
}: ServiceOptions & { apiKey: string }): SourceService {
  const name = "Etherscan";
  const addressOf = (chainId: number, action: string, more: Record<string, string> = {}) => {
    const query = { chainid: String(chainId), module: "contract", action, apikey: apiKey, ...more };
    return `${url}?${new URLSearchParams(query)}`;
  };
  return {
    name,
    async verify(chainId, contract) {
      const { input, compilerVersion, identifier } = await inputOf(contract);
      const fields = {
        contractaddress: contract.address,
        sourceCode: JSON.stringify(input),
        codeformat: "solidity-standard-json-input",
        contractname: identifier,
        compilerversion: `v${compilerVersion}`,
        constructorArguments: contract.constructorArguments.slice(2),
      };
      const { json } = await ask(name, addressOf(chainId, "verifysourcecode"), {
        method: "POST",
        body: new URLSearchParams(fields),
      });
      const told = String(json.result ?? "");
      if (/already verified/i.test(told)) return;
      if (json.status !== "1") throw new SourceNotVerifiedError(name, plain(told, apiKey));
      await until(name, pollMs, async () => {
        const { json: state } = await ask(
          name,
          addressOf(chainId, "checkverifystatus", { guid: told }),
        );
        const result = String(state.result ?? "");
        if (/pending|in progress/i.test(result)) return false;
        if (state.status === "1" || /already verified/i.test(result)) return true;
        throw new SourceNotVerifiedError(name, plain(result, apiKey));
      });
    },
  };
}

async function until(service: string, pollMs: number, isDone: () => Promise<boolean>) {
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    if (await isDone()) return;
    await sleep(pollMs);
  }
  throw new SourceNotVerifiedError(service, "it did not come to an end: ask again later");
}

async function ask(
  service: string,
  url: string,
  request: RequestInit = {},
): Promise<{ status: number; json: Record<string, unknown> }> {
  let text: string;
  let status: number;
  try {
    const answer = await fetch(url, {
      ...request,
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    status = answer.status;
    text = await answer.text();
  } catch (cause) {
    throw new SourceNotVerifiedError(service, `${new URL(url).host} does not answer`, { cause });
  }
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null) return { status, json: { ...json } };
  } catch {
    // What is no JSON is no answer of the service, but of something before it.
  }
  throw new SourceNotVerifiedError(service, `it answers with ${status} and no JSON`);
}

/** What a service says for people, in one line. */
function reasonIn({ message }: Record<string, unknown>): string | undefined {
  return typeof message === "string" ? plain(message, "") : undefined;
}

/** In one line, and without the key, whatever the service repeats. */
function plain(text: string, secret: string): string {
  const [line = ""] = text.trim().split("\n");
  const shown = secret === "" ? line : line.replaceAll(secret, "…");
  return shown.slice(0, 300) || "it does not say why";
}
