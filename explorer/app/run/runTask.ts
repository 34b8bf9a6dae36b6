import type { RunProgramReturnType } from "@assay/sdk/program";
import type { RunAnswer, RunOrder } from "./run.ts";

/** A task that takes longer is for the command line, in milliseconds. */
const LONGEST_MS = 120_000;

interface TypesOfTrust {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): URL };
}

/** The one script that the page starts by a URL: the policy of the page allows no other. */
function scriptUrl(): string | URL {
  const { trustedTypes } = globalThis as { trustedTypes?: TypesOfTrust };
  if (trustedTypes === undefined) return "run.js";
  policy ??= trustedTypes.createPolicy("assay-run", { createScriptURL: () => "run.js" });
  return policy.createScriptURL("");
}
let policy: ReturnType<TypesOfTrust["createPolicy"]> | undefined;

/** Runs a task in a web worker of its own, under the job's limits. */
export function runTask(order: RunOrder, signal: AbortSignal): Promise<RunProgramReturnType> {
  const worker = new Worker(scriptUrl(), { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<RunProgramReturnType>();
  const limit = AbortSignal.timeout(LONGEST_MS);
  worker.onmessage = ({ data }: MessageEvent<RunAnswer>) => {
    if ("run" in data) resolve(data.run);
    else reject(new Error(data.problem));
  };
  worker.onerror = () => reject(new Error("The task could not be run in this browser."));
  signal.addEventListener("abort", () => reject(signal.reason));
  limit.addEventListener("abort", () =>
    reject(new Error("The task takes too long for a page: use assay job audit.")),
  );
  worker.postMessage(order);
  return promise.finally(() => worker.terminate());
}
