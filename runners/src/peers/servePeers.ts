import type { Caller, Direct } from "@assay/network";
import { MAX_PROGRAM_BYTES, Outcome } from "@assay/sdk/program";
import { type Content, cidOf, getBytes, jobDefaults, putBytes } from "@assay/sdk/protocol";
import { createExecutor } from "../executor/executor.ts";
import { type CheckedProgram, createProgramChecker } from "../runner/checkedProgram.ts";
import type { RunInput, TaskEnd } from "../runner/runner.ts";
import {
  answerFields,
  INLINE_BYTES,
  type PeerEnd,
  RUN,
  type RunQuestion,
  readQuestion,
} from "./wire.ts";

/** An answer is given so soon, in milliseconds, with what is done by then: a question has five seconds. */
const ANSWER_MS = 2_500;
/** Tasks that are remembered with their ends, and those of one peer that are under way. */
const MOST_REMEMBERED = 4_096;
const MOST_OF_PEER = 1_024;
/** Fetching a program or an input takes no longer, in milliseconds. */
const FETCH_MS = 30_000;
const MAX_RESULT_BYTES = 64 << 20;
const MAX_INPUT_BYTES = 64 << 20;

/** What of a peer is needed: `createPeer` gives more. */
export interface ServingPeer {
  readonly direct: Pick<Direct, "serve">;
  readonly content: Content;
}

export interface ServePeersOptions {
  /** Peers that may ask. Default: all. */
  allow?: readonly string[] | undefined;
  /** Sandboxed child processes, and so tasks at a time. Default: one a core. */
  processes?: number | undefined;
  /** Most fuel of a task; a question that allows more is refused. Default: that of a job. */
  maxSteps?: bigint | undefined;
}

interface Known {
  end: Promise<PeerEnd>;
  ended: PeerEnd | undefined;
}

/**
 * Runs tasks for other peers, without a chain and without pay: the other side of `peersRunner`. The peer is to be created with the service
 * `runner`, so that others find it in the DHT.
 */
export function servePeers(
  peer: ServingPeer,
  { allow, processes, maxSteps = jobDefaults.maxSteps }: ServePeersOptions = {},
): { close(): Promise<void> } {
  const executor = createExecutor({ processes, taskLimitMs: 3_600_000 });
  const check = createProgramChecker();
  const allowed = allow && new Set(allow);
  const programs = new Map<string, Promise<CheckedProgram>>();
  const known = new Map<string, Known>();
  const underWay = new Map<string, number>();

  function programOf({ program: cid }: RunQuestion): Promise<CheckedProgram> {
    const name = cid.toString();
    let program = programs.get(name);
    if (program === undefined) {
      const signal = AbortSignal.timeout(FETCH_MS);
      const options = { maxBytes: MAX_PROGRAM_BYTES, signal };
      program = getBytes(peer.content.session(cid), cid, options).then(check);
      program.catch(() => programs.delete(name));
      trim(programs, 64);
      programs.set(name, program);
    }
    return program;
  }

  async function run(question: RunQuestion, input: RunInput): Promise<PeerEnd> {
    const program = await programOf(question);
    const maxBytes = Math.min(program.maxInputBytes, MAX_INPUT_BYTES);
    const fetching = { maxBytes, signal: AbortSignal.timeout(FETCH_MS) };
    const bytes =
      input instanceof Uint8Array
        ? input
        : await getBytes(peer.content.session(input), input, fetching);
    const { elapsedMs: _, ...end } = await executor.run({
      program,
      input: bytes,
      ...question.limits,
    });
    return shown(end);
  }

  async function shown(end: TaskEnd): Promise<PeerEnd> {
    if (end.outcome !== Outcome.ok) return end;
    const { outcome, bytes } = end;
    if (bytes.length <= INLINE_BYTES) return { outcome, cid: cidOf(bytes), bytes };
    return { outcome, cid: await putBytes(peer.content, bytes), bytes: undefined };
  }

  /** A task that is asked for again is the one that was asked for before. */
  function begin(question: RunQuestion, input: RunInput, { peerId }: Caller): Known {
    const { program, limits } = question;
    const inputName = input instanceof Uint8Array ? cidOf(input) : input;
    const name = `${program} ${limits.maxSteps} ${limits.maxResultBytes} ${inputName}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const count = underWay.get(peerId) ?? 0;
    if (count >= MOST_OF_PEER) throw new RangeError("too many of your tasks are under way here");
    underWay.set(peerId, count + 1);
    const task: Known = { end: run(question, input), ended: undefined };
    task.end
      .then(
        (end) => {
          task.ended = end;
        },
        () => known.delete(name), // this machine's trouble, or a content that nobody gives
      )
      .finally(() => {
        const left = (underWay.get(peerId) ?? 1) - 1;
        if (left > 0) underWay.set(peerId, left);
        else underWay.delete(peerId);
      });
    trim(known, MOST_REMEMBERED);
    known.set(name, task);
    return task;
  }

  peer.direct.serve(RUN, async (body, caller) => {
    if (allowed !== undefined && !allowed.has(caller.peerId)) {
      throw new RangeError("this peer runs tasks for others than you");
    }
    const question = readQuestion(body);
    if (question.limits.maxSteps > maxSteps)
      throw new RangeError(`maxSteps is ${maxSteps} at most`);
    if (question.limits.maxResultBytes > MAX_RESULT_BYTES) {
      throw new RangeError(`maxResultBytes is ${MAX_RESULT_BYTES} at most`);
    }
    const tasks = question.inputs.map((input) => begin(question, input, caller));
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, ANSWER_MS);
    await Promise.race([Promise.all(tasks.map(({ end }) => end)), late.promise]).finally(() =>
      clearTimeout(timer),
    );
    let room = INLINE_BYTES;
    return answerFields(
      tasks.map(({ ended }) => {
        const length = ended !== undefined && "bytes" in ended ? (ended.bytes?.length ?? 0) : 0;
        if (length > room) return undefined; // with the next answer
        room -= length;
        return ended;
      }),
    );
  });

  return { close: () => executor.close() };
}

/** Forgets the oldest, so that one more has room. */
function trim(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size < most) break;
    map.delete(oldest);
  }
}
