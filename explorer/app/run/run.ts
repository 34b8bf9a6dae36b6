import { type RunProgramReturnType, runProgram } from "@assay/sdk/program";

// A web worker: a program that does not end is ended with it.

/** A task, as the page sends it. */
export interface RunOrder {
  wasm: Uint8Array;
  input: Uint8Array;
  maxResultBytes: number;
  maxSteps: bigint;
}

export type RunAnswer = { run: RunProgramReturnType } | { problem: string };

addEventListener("message", ({ data }: MessageEvent<RunOrder>) => {
  let answer: RunAnswer;
  try {
    answer = { run: runProgram(data) };
  } catch (error) {
    answer = { problem: error instanceof Error ? error.message : String(error) };
  }
  postMessage(answer);
});
