import type { StepDefinition } from "../define/step.ts";
import { PipelineInvalidError } from "../errors.ts";
import { contentOf } from "../store/content.ts";
import type { Store } from "../store/store.ts";
import type { InputItem, InputIterator, InputParameters } from "./inputStep.ts";

/** An item of a stream, with its epoch. */
export interface EpochItem<T = unknown> {
  /** A whole number from 0 on; it never goes down. An epoch ends when a later one begins, or the stream does. */
  epoch: number;
  value: T;
}

/**
 * A stream that cannot be read again: what comes from it is kept in the store until it is done with, and a run that goes on after a
 * kill has it from there.
 */
export interface EpochStream<T = unknown> {
  /** @param from - how many items were read already: the first one to give has this number. */
  open(from: number): Iterable<EpochItem<T>> | AsyncIterable<EpochItem<T>>;
}

/**
 * What an input reads. An iterable is one epoch, and gives the same again when the run goes on after a kill; with `epochs` it is any number of them.
 */
export type InputGiven<T = unknown> = Iterable<T> | AsyncIterable<T> | EpochStream<T>;

/** @throws {@link PipelineInvalidError} when it is nothing that can be read. */
export function openInput(
  definition: StepDefinition,
  given: InputGiven | undefined,
  { store, isStored }: { store: Store; isStored: boolean },
): InputParameters {
  const { name, gives, source } = definition;
  const from = given ?? source?.();
  if (from === undefined) return { items: undefined, firstEpoch: undefined };
  const encode = (value: unknown, epoch: number): InputItem => ({
    epoch,
    content: contentOf(gives.encode(value)),
  });
  if (typeof from === "object" && "open" in from) {
    return { items: streamItems(name, from, { store, encode, isStored }), firstEpoch: undefined };
  }
  const items = mapped(from, (value) => encode(value, 0));
  if (items === undefined) {
    throw new PipelineInvalidError(
      `Input ${name} is given something that is no iterable: give a list, a stream, or { open }.`,
    );
  }
  return { items, firstEpoch: 0 };
}

/** Of a plan: only what is stored already is read again. */
async function* streamItems(
  name: string,
  stream: EpochStream,
  {
    store,
    encode,
    isStored,
  }: { store: Store; encode: (value: unknown, epoch: number) => InputItem; isStored: boolean },
): AsyncGenerator<InputItem> {
  let number = 0;
  for (const { epoch, bytes } of store.storedInputs(name)) {
    number++;
    yield { epoch, content: contentOf(bytes) };
  }
  for await (const { epoch, value } of stream.open(number)) {
    if (!Number.isSafeInteger(epoch) || epoch < 0 || epoch >= 2 ** 32) {
      throw new PipelineInvalidError(
        `Input ${name} gives epoch ${epoch}: epochs are whole numbers from 0 on.`,
      );
    }
    const item = encode(value, epoch);
    if (isStored) store.storeInput(name, number, { epoch, bytes: store.read(item.content) });
    number++;
    yield item;
  }
}

function mapped(
  from: Iterable<unknown> | AsyncIterable<unknown>,
  encode: (value: unknown) => InputItem,
): InputIterator | undefined {
  if (typeof from === "string" || from === null) return undefined;
  if (Symbol.asyncIterator in from) return mapAsync(from, encode);
  return Symbol.iterator in from ? mapSync(from, encode) : undefined;
}

function* mapSync(
  from: Iterable<unknown>,
  encode: (value: unknown) => InputItem,
): Generator<InputItem> {
  for (const value of from) yield encode(value);
}

async function* mapAsync(
  from: AsyncIterable<unknown>,
  encode: (value: unknown) => InputItem,
): AsyncGenerator<InputItem> {
  for await (const value of from) yield encode(value);
}
