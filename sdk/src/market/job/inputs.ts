import { CID } from "multiformats/cid";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { mapConcurrently } from "../../concurrency/mapConcurrently.ts";
import { pause } from "../../concurrency/pause.ts";
import { isChainCid } from "../../protocol/cid/chainCid.ts";
import { DAG_PB_CODE, RAW_CODE } from "../../protocol/cid/codec.ts";
import { type Content, MAX_BLOCK_BYTES } from "../../protocol/content/content.ts";
import { getBytes } from "../../protocol/content/getBytes.ts";
import { putBytes } from "../../protocol/content/putBytes.ts";
import {
  ContentTooLargeError,
  MalformedContentError,
  UnsupportedCidError,
} from "../../protocol/errors/content.ts";
import type { InputEntry } from "../../protocol/job/job.ts";
import { InvalidInputError } from "../errors/input.ts";

/**
 * One task's input: its bytes, or the name of a content that is stored already.
 *
 * Of a CID alone the content is read: it is checked, and the client's own content keeps it where that keeps anything. Of a CID
 * with its length, in bytes, nothing is read: that it is true, and that workers find the content, is the caller's affair.
 */
export type JobInput = Uint8Array | CID | InputEntry;

/** Groups of inputs stored at a time. */
const CONCURRENT_GROUPS = 8;
/** A group has no more than so many inputs, and so many bytes unless it is one input: stores take many small blocks best at once. */
const GROUP_INPUTS = 32;
const GROUP_BYTES = 65_536;
/** So long, in milliseconds, this may keep the thread from everything else: a store that is quick never gives it back by itself. */
const TURN_MS = 25;

/**
 * Stores inputs as they come and yields their entries in the same order. Of a stream no more is read ahead than is under way, at most 256
 * small inputs or 8 large ones, and it is closed when anything fails.
 *
 * @throws {@link InvalidInputError} {@link ContentTooLargeError} {@link UnsupportedCidError}
 */
export async function* storeInputs(
  content: Content,
  {
    inputs,
    maxInputBytes,
    signal,
  }: AbortOptions & {
    inputs: Iterable<unknown> | AsyncIterable<unknown>;
    maxInputBytes: number;
  },
): AsyncGenerator<InputEntry, void, undefined> {
  const groups = grouped(numbered(checkIterable(inputs), signal), maxInputBytes);
  const store = (group: readonly Numbered[], stop: AbortSignal) =>
    storeGroup(content, { group, maxInputBytes, signal: stop });
  let turnAt = performance.now();
  for await (const entries of mapConcurrently(groups, CONCURRENT_GROUPS, store, { signal })) {
    yield* entries;
    if (performance.now() - turnAt > TURN_MS) {
      await pause(0, signal);
      turnAt = performance.now();
    }
  }
}

async function storeGroup(
  content: Content,
  {
    group,
    maxInputBytes,
    signal,
  }: { group: readonly Numbered[]; maxInputBytes: number; signal: AbortSignal },
): Promise<InputEntry[]> {
  const stored = await Promise.allSettled(
    group.map((one) => storeInput(content, { ...one, maxInputBytes, signal })),
  );
  return stored.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

/** Inputs that are stored together. Bytes are copied: a stream may write its next item into the same buffer. */
async function* grouped(
  inputs: AsyncIterable<Numbered>,
  maxInputBytes: number,
): AsyncGenerator<Numbered[], void, undefined> {
  let group: Numbered[] = [];
  let bytes = 0;
  for await (const { input, position } of inputs) {
    if (!(input instanceof Uint8Array)) {
      group.push({ input, position });
      // Of a CID alone the content is fetched, whatever its length.
      if (CID.asCID(input) !== null) bytes = GROUP_BYTES;
    } else {
      checkLength(input.length, position, maxInputBytes);
      group.push({ input: new Uint8Array(input), position });
      bytes += input.length;
    }
    if (group.length < GROUP_INPUTS && bytes < GROUP_BYTES) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

interface Numbered {
  input: unknown;
  position: number;
}

/** The inputs with their positions. An abort ends it even while the stream gives nothing. */
async function* numbered(
  inputs: Iterable<unknown> | AsyncIterable<unknown>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Numbered, void, undefined> {
  let position = 0;
  if (signal === undefined || !(Symbol.asyncIterator in inputs)) {
    for await (const input of inputs) yield { input, position: position++ };
    return;
  }
  const iterator = inputs[Symbol.asyncIterator]();
  let isOver = false;
  let isWaiting = false;
  try {
    for (;;) {
      isWaiting = true;
      const next = await abortable(iterator.next(), signal).catch((error) => {
        isOver = !signal.aborted;
        throw error;
      });
      isWaiting = false;
      isOver = next.done === true;
      if (next.done) return;
      yield { input: next.value, position: position++ };
    }
  } finally {
    if (!isOver) {
      const closed = Promise.resolve(iterator.return?.());
      // A generator that waits for something closes after that: nobody waits for it.
      if (isWaiting) closed.catch(() => {});
      else await closed;
    }
  }
}

async function storeInput(
  content: Content,
  {
    input,
    position,
    maxInputBytes,
    signal,
  }: Numbered & { maxInputBytes: number; signal: AbortSignal },
): Promise<InputEntry> {
  if (input instanceof Uint8Array) {
    return { cid: await putBytes(content, input, { signal }), byteLength: input.length };
  }
  const named = CID.asCID(input);
  if (named !== null) {
    requireAdmitted(named, position);
    const options = { maxBytes: maxInputBytes, signal };
    const bytes = await getBytes(content.session(named), named, options);
    return { cid: named, byteLength: bytes.length };
  }
  const entry = asEntry(input, position);
  checkLength(entry.byteLength, position, maxInputBytes);
  return entry;
}

function checkLength(byteLength: number, position: number, maxInputBytes: number): void {
  if (byteLength > maxInputBytes) {
    throw new ContentTooLargeError(`Input ${position} for this memory`, byteLength, maxInputBytes);
  }
}

function asEntry(input: unknown, position: number): InputEntry {
  if (typeof input !== "object" || input === null) {
    const problem = `is ${input === null ? "null" : `of type ${typeof input}`}`;
    throw new InvalidInputError({ position, problem });
  }
  const { cid: name, byteLength } = input as Partial<Record<keyof InputEntry, unknown>>;
  const cid = CID.asCID(name);
  if (cid === null || typeof byteLength !== "number" || !Number.isSafeInteger(byteLength)) {
    throw new InvalidInputError({ position, problem: "is an object of another kind" });
  }
  requireAdmitted(cid, position);
  // One content has one name: a block is raw, and what takes more than one is not.
  if (byteLength < 0 || (cid.code === RAW_CODE) !== byteLength <= MAX_BLOCK_BYTES) {
    throw new MalformedContentError(cid, `input ${position} cannot have ${byteLength} bytes`);
  }
  return { cid, byteLength };
}

function requireAdmitted(cid: CID, position: number): void {
  if (isChainCid(cid)) return;
  const details =
    cid.code === DAG_PB_CODE
      ? `input ${position} is UnixFS: a folder, or a file in several blocks. \`ipfs add --cid-version=1 --raw-leaves --hash=blake3 --chunker=size-1048576\` gives a file of up to 1 MiB a CID that Assay admits; give the bytes of a longer one instead of a CID.`
      : `input ${position}`;
  throw new UnsupportedCidError(cid.toString(), { details });
}

/** @throws {@link InvalidInputError} for a text and the like, whose items are no inputs, and for what is no list. */
export function checkIterable<T>(
  inputs: Iterable<T> | AsyncIterable<T>,
): Iterable<T> | AsyncIterable<T> {
  const problem =
    inputs instanceof Uint8Array
      ? "the bytes of one"
      : typeof inputs !== "object" || inputs === null
        ? String(inputs === null ? null : typeof inputs)
        : Symbol.iterator in inputs || Symbol.asyncIterator in inputs
          ? undefined
          : "an object of another kind";
  if (problem !== undefined) throw new InvalidInputError({ position: undefined, problem });
  return inputs;
}
