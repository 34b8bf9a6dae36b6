import { type JobHandle, type MarketContext, type SubmitJobProgress, submitJob } from "@assay/sdk";
import { parseEther } from "viem";
import { ownContext } from "./ownContext.ts";

const STEPS: Readonly<Record<SubmitJobProgress["type"], string>> = {
  programStored: "The program is stored…",
  machineNamed: "The program's machine is named…",
  inputStored: "Inputs are stored…",
  manifestWritten: "The manifest is written…",
  provided: "Confirm the payment in your wallet…",
  posted: "The job is posted…",
  announced: "The job is announced…",
  notAnnounced: "The job is posted…",
  found: "The job was posted before…",
};

/** What the form asks for. */
export interface Draft {
  program: File | undefined;
  inputs: string;
  reward: string;
  batchSize: string;
}

/** Stores and posts what the form says. */
export async function postDraft(
  writer: MarketContext,
  { program, inputs, reward, batchSize }: Draft,
  say: (step: string) => void,
): Promise<JobHandle> {
  if (program === undefined) throw new TypeError("Choose a program.");
  const lines = inputs.split("\n").filter((line) => line !== "");
  if (lines.length === 0) throw new TypeError("Give an input: a line is a task.");
  const size = batchSize.trim() === "" ? undefined : Number(batchSize);
  say("The program is read…");
  const wasm = new Uint8Array(await program.arrayBuffer());
  return submitJob(ownContext(writer), {
    program: wasm,
    inputs: lines.map((line) => new TextEncoder().encode(line)),
    rewardPerTask: parseEther(reward.trim()),
    batchSize: size,
    onProgress: ({ type }) => say(STEPS[type]),
  });
}
