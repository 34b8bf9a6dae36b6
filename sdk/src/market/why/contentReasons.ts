import { type Hex, zeroHash } from "viem";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { InvalidProgramError } from "../../program/errors/program.ts";
import { inspectProgram, MAX_PROGRAM_BYTES } from "../../program/inspect/inspectProgram.ts";
import { instrumentModule } from "../../program/instrument/instrumentProgram.ts";
import { programMachine } from "../../program/machine/image/programMachine.ts";
import type { Content } from "../../protocol/content/content.ts";
import { getBytes } from "../../protocol/content/getBytes.ts";
import { AssayError } from "../../protocol/errors/base.ts";
import { ContentTooLargeError } from "../../protocol/errors/content.ts";
import { openInputManifest } from "../../protocol/manifest/read.ts";
import type { PostedJob } from "../actions/read/getPostedJobs.ts";
import type { JobReason } from "./reason.ts";

const SERVE =
  "Keep the process running that posted the job, or store the contents where they stay (contents by Kubo, or a CAR on a node).";

/** Whether the program and the manifest can be had, and are what nodes run. */
export async function contentReasons(
  content: Content,
  { terms, spec }: Pick<PostedJob, "terms" | "spec">,
  { signal, deadline }: AbortOptions & { deadline: AbortSignal },
): Promise<JobReason[]> {
  const limited = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const program = async (): Promise<JobReason[]> => {
    const options = { maxBytes: MAX_PROGRAM_BYTES, signal: limited };
    try {
      const wasm = await getBytes(content.session(spec.program), spec.program, options);
      return [
        ...programReasons(wasm, spec.memoryPages),
        ...(await machineReasons(wasm, spec.machineRoot, limited)),
      ];
    } catch (error) {
      signal?.throwIfAborted();
      return [ofProgram(error, String(spec.program))];
    }
  };
  const manifest = async (): Promise<JobReason[]> => {
    const { manifest: cid, inputRoot: root } = spec;
    const reader = content.session(cid);
    try {
      await openInputManifest(reader, { cid, root, count: terms.taskCount, signal: limited });
      return [];
    } catch (error) {
      signal?.throwIfAborted();
      const isBroken = error instanceof AssayError && !error.retryable;
      const message = isBroken
        ? `Its list of inputs ${cid} is not what it must be: ${error.shortMessage}`
        : `Its list of inputs ${cid} was not found in the network in time.`;
      const fix = isBroken ? "Post it again with submitJob." : SERVE;
      return [{ code: "MANIFEST_UNAVAILABLE", message, fix }];
    }
  };
  return (await Promise.all([program(), manifest()])).flat();
}

function programReasons(wasm: Uint8Array, memoryPages: number): JobReason[] {
  const { memory } = inspectProgram(wasm);
  instrumentModule(wasm);
  if (memory.maxPages <= memoryPages) return [];
  return [
    {
      code: "PROGRAM_INVALID",
      message: `The program may take ${memory.maxPages} pages of memory, and the job allows ${memoryPages}.`,
      fix: "Post it again with as many memoryPages, or compile it with a lower maximum.",
    },
  ];
}

/** Whether the root that the job names is the program's own. Of a large program that may take longer than there is time: then nothing is said. */
async function machineReasons(
  wasm: Uint8Array,
  named: Hex,
  signal: AbortSignal,
): Promise<JobReason[]> {
  if (named === zeroHash) return [];
  let root: Hex;
  try {
    ({ root } = await programMachine(instrumentModule(wasm), { signal }));
  } catch (error) {
    if (signal.aborted) return [];
    throw error;
  }
  if (root === named.toLowerCase()) return [];
  return [
    {
      code: "MACHINE_ROOT_WRONG",
      message: `The job names the machine ${named}, and its program's is ${root}: nobody who works on it could prove anything.`,
      fix: "Post it again with submitJob, which finds the root by itself.",
    },
  ];
}

function ofProgram(error: unknown, cid: string): JobReason {
  const isTooLarge =
    error instanceof ContentTooLargeError ||
    (error instanceof InvalidProgramError && error.code === "PROGRAM_TOO_LARGE");
  if (isTooLarge) {
    return {
      code: "PROGRAM_TOO_LARGE",
      message: `The program ${cid} is larger than nodes take: ${error.shortMessage}`,
      fix: "Move data out of the program into the inputs, or compile it for size, and post it again.",
    };
  }
  if (error instanceof AssayError && !error.retryable) {
    return {
      code: "PROGRAM_INVALID",
      message: `No node runs the program ${cid}: ${error.shortMessage}`,
      fix: "Check it with `assay program inspect`, and post it again.",
    };
  }
  return {
    code: "PROGRAM_UNAVAILABLE",
    message: `The program ${cid} was not found in the network in time.`,
    fix: SERVE,
  };
}
