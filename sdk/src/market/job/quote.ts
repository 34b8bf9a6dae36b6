import type { CID } from "multiformats/cid";
import { type Address, type Hex, zeroAddress } from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import type { InvalidProgramError } from "../../program/errors/program.ts";
import { inspectProgram, MAX_PROGRAM_BYTES } from "../../program/inspect/inspectProgram.ts";
import { instrumentProgram } from "../../program/instrument/instrumentProgram.ts";
import { programMachine } from "../../program/machine/image/programMachine.ts";
import { runProgram } from "../../program/run/runProgram.ts";
import { cidOf } from "../../protocol/cid/cidOf.ts";
import { getBytes } from "../../protocol/content/getBytes.ts";
import { batchCount } from "../../protocol/job/batches.ts";
import { defaultBatchSize, defaultStake, jobDefaults } from "../../protocol/job/defaults.ts";
import { getParameters } from "../actions/read/getParameters.ts";
import type { MarketContext } from "../context/marketContext.ts";
import { requireContent } from "../context/requireContent.ts";
import { batchDataFee, postDataFee } from "../cost/dataFee.ts";
import {
  BATCH_GAS,
  isDoneInTime,
  leastReward,
  NODE_DEFAULTS,
  STEP_GAS,
} from "../cost/nodeCosts.ts";
import { type AskedPrices, askPrices } from "./askedPrices.ts";
import { type FirstClaims, readFirstClaims } from "./firstClaims.ts";

export interface QuoteParameters extends AbortOptions {
  /** A WebAssembly module, or the CID of one that the client's content has: with an input, a task of it is run to measure its fuel. */
  program?: Uint8Array | CID | undefined;
  /** One a task; the first is the one that is run. */
  inputs?: readonly Uint8Array[] | undefined;
  /** Where there are no `inputs`: how many tasks… */
  taskCount?: number | undefined;
  /** …and the input of the one that is run. Default: none is run, and the limit of fuel is what counts. */
  sample?: Uint8Array | undefined;
  /** Reward of one task, in the token's smallest unit. Default: the least that pays for a batch's gas. */
  rewardPerTask?: bigint | undefined;
  /** The ERC-20 token of the reward. Default: the zero address, the native coin. */
  token?: Address | undefined;
  /** As `submitJob` takes them. */
  batchSize?: number | undefined;
  stakePerBatch?: bigint | undefined;
  submitWindowSeconds?: number | undefined;
  maxSteps?: bigint | undefined;
  memoryPages?: number | undefined;
  maxResultBytes?: number | undefined;
  arbiter?: Address | undefined;
  /** Whether workers are asked for their prices, where the client has `workers`. Default: true. */
  asksWorkers?: boolean | undefined;
  /** For finding and asking workers, in milliseconds. Default: 6,000. */
  timeoutMs?: number | undefined;
}

/** Money is wei of the native coin, but for what is the token's. */
export interface QuoteReturnType {
  taskCount: number;
  batchSize: number;
  batchCount: number;
  /** What was given; else `leastRewardPerTask`. In the token's smallest unit. */
  rewardPerTask: bigint;
  /**
   * The least reward of a task with which a node of default policy takes every batch at today's gas price, the last and smallest one
   * included, in wei; `undefined` for a token, whose worth is each node's own matter.
   */
  leastRewardPerTask: bigint | undefined;
  /** Whether the reward is that much; `undefined` for a token. */
  paysForGas: boolean | undefined;
  /** What is paid when the job is posted, in the token's smallest unit. */
  escrow: bigint;
  /** What a worker has to have free in stake to claim a batch. */
  stakePerBatch: bigint;
  /** For a unit of gas, now. */
  gasPrice: bigint;
  /** Limits of gas. `batch` is a worker's claim, submission and settlement; `withdraw` comes once for many batches. */
  gas: {
    post: bigint;
    claim: bigint;
    submit: bigint;
    settle: bigint;
    batch: bigint;
    withdraw: bigint;
  };
  /** The same at today's price, with what a rollup charges for the data. `job` is that of the posting and of all batches. */
  fees: { post: bigint; batch: bigint; withdraw: bigint; job: bigint };
  /** What workers ask for a task now; `undefined` where the client has no `workers`. */
  asked: AskedPrices | undefined;
  /** How long the latest jobs on this Marketplace have waited for their first claim. */
  firstClaims: FirstClaims;
  /** Fuel of a task: of the first input's if it was run, else the limit. */
  fuel: { perTask: bigint; isMeasured: boolean };
  /** The root of the program's machine; zero for a program of which nothing can be proved, `undefined` where nothing was measured. */
  machineRoot: Hex | undefined;
  /** Milliseconds of a core that a task takes by its fuel. */
  taskMs: { least: number; most: number };
  /** Whether a node with one process would have a batch done in the submission window. If not, nodes with more may. */
  isDoneInTime: boolean;
}

export type QuoteErrorType = InvalidProgramError | RangeError | Error;

/** Gas limits, measured, with a fifth more: of posting with coins or credit, and in tokens by an allowance or a permit. */
const POST_GAS = { coins: 75_000n, tokens: 150_000n };
const WITHDRAW_GAS = { coins: 40_000n, tokens: 71_000n };

/** Fuel that a core burns in a millisecond, at least and at most, by today's machines. */
const FUEL_PER_MS = { least: 2_000_000, most: 5_000_000 };

/**
 * Estimates what a job costs its requester and a worker, how long a task takes, and the least reward that makes it worth a node's while. The
 * arithmetic is that of the nodes. Nothing is stored or sent.
 *
 * @throws {@link InvalidProgramError} when a program is to be measured and is none.
 * @throws RangeError when there is no task, or none in a batch.
 */
export async function quote(
  client: MarketContext,
  { program, inputs, token = zeroAddress, signal, ...chosen }: QuoteParameters,
): Promise<QuoteReturnType> {
  const taskCount = inputs?.length ?? chosen.taskCount ?? 0;
  if (!Number.isSafeInteger(taskCount) || taskCount < 1) {
    throw new RangeError("A job has one task at least: give `inputs`, or a `taskCount`.");
  }
  const { maxSteps = jobDefaults.maxSteps } = chosen;
  const [rules, gasPrice, measured, postData, batchData, firstClaims] = await Promise.all([
    getParameters(client, { signal }),
    abortable(client.public.getGasPrice(), signal),
    measure(client, { program, input: chosen.sample ?? inputs?.[0], maxSteps, signal }),
    postDataFee(client, signal),
    batchDataFee(client, signal),
    readFirstClaims(client, { signal }),
  ]);
  const kind = token === zeroAddress ? "coins" : "tokens";
  const batchSize = Math.min(chosen.batchSize ?? defaultBatchSize(taskCount), taskCount);
  if (!(batchSize >= 1)) throw new RangeError("A batch has one task at least: raise `batchSize`.");
  const gasWei = BATCH_GAS * gasPrice + batchData;
  // The last batch may be smaller, and has to pay for its gas, too.
  const smallest = taskCount % batchSize || batchSize;
  const { maxGasShare } = NODE_DEFAULTS;
  const leastRewardPerTask =
    kind === "coins" ? leastReward({ gasWei, tasks: smallest, maxGasShare }) : undefined;
  const rewardPerTask = chosen.rewardPerTask ?? leastRewardPerTask ?? 0n;
  const { fuelUsed, machineRoot } = measured;
  const fuel = { perTask: fuelUsed ?? maxSteps, isMeasured: fuelUsed !== undefined };
  const taskMs = {
    least: Number(fuel.perTask) / FUEL_PER_MS.most,
    most: Number(fuel.perTask) / FUEL_PER_MS.least,
  };
  const submitWindowSeconds =
    chosen.submitWindowSeconds ??
    Math.min(jobDefaults.submitWindowSeconds, rules.maxSubmitWindowSeconds);
  const gas = {
    ...{ post: POST_GAS[kind], ...STEP_GAS, batch: BATCH_GAS, withdraw: WITHDRAW_GAS[kind] },
  };
  const stakePerBatch =
    chosen.stakePerBatch ?? defaultStake(rules, { rewardPerTask, batchSize, token });
  const { workers } = chosen.asksWorkers === false ? { workers: undefined } : client;
  const asked = await askPrices(
    { workers },
    {
      ...{
        token,
        rewardPerTask,
        stakePerBatch,
        batchSize,
        fuelPerTask: fuelUsed,
        submitWindowSeconds,
      },
      requester: client.wallet?.account.address ?? zeroAddress,
      arbiter: chosen.arbiter ?? client.arbiter,
      program: measured.program ?? cidOf(new Uint8Array()),
      memoryPages: chosen.memoryPages ?? measured.memoryPages ?? 0,
      maxResultBytes: chosen.maxResultBytes ?? jobDefaults.maxResultBytes,
    },
    { timeoutMs: chosen.timeoutMs, signal },
  );
  const batches = batchCount({ taskCount, batchSize });
  const postWei = gas.post * gasPrice + postData;
  return {
    ...{ taskCount, batchSize, batchCount: batches },
    ...{ rewardPerTask, leastRewardPerTask },
    paysForGas: leastRewardPerTask === undefined ? undefined : rewardPerTask >= leastRewardPerTask,
    escrow: BigInt(taskCount) * rewardPerTask,
    stakePerBatch,
    gasPrice,
    gas,
    fees: {
      ...{ post: postWei, batch: gasWei, withdraw: gas.withdraw * gasPrice },
      job: postWei + BigInt(batches) * gasWei,
    },
    ...{ asked, firstClaims },
    ...{ fuel, taskMs, machineRoot },
    isDoneInTime: isDoneInTime({
      ...{ tasks: batchSize, taskMs: taskMs.most, processes: 1, submitWindowSeconds },
    }),
  };
}

/** The program's name and machine, and the fuel of one task; `undefined` where there is nothing to run. */
async function measure(
  client: MarketContext,
  {
    program,
    input,
    maxSteps,
    signal,
  }: Pick<QuoteParameters, "program" | "signal"> & {
    input: Uint8Array | undefined;
    maxSteps: bigint;
  },
): Promise<Measured> {
  if (program === undefined) return {};
  if (input === undefined) {
    return { program: program instanceof Uint8Array ? cidOf(program) : program };
  }
  const wasm =
    program instanceof Uint8Array
      ? program
      : await getBytes(requireContent(client, "quote").session(program), program, {
          ...{ maxBytes: MAX_PROGRAM_BYTES, signal },
        });
  // A quote is to take seconds, whatever a task may take.
  const isShort = maxSteps < jobDefaults.maxSteps;
  const limit = isShort ? maxSteps : jobDefaults.maxSteps;
  const { fuelUsed } = runProgram({ wasm, input, maxSteps: limit });
  const { root: machineRoot } = await programMachine(instrumentProgram(wasm), { signal });
  const { maxPages: memoryPages } = inspectProgram(wasm).memory;
  return {
    ...{ program: program instanceof Uint8Array ? cidOf(wasm) : program, memoryPages, machineRoot },
    fuelUsed: fuelUsed < limit || isShort ? fuelUsed : undefined,
  };
}

interface Measured {
  program?: CID;
  memoryPages?: number;
  fuelUsed?: bigint | undefined;
  machineRoot?: Hex;
}
