import { PipelineInvalidError } from "../define/errors.ts";
import type { EpochStream, InputGiven, StepDefinition } from "../define/step.ts";
import { contentOf } from "../store/content.ts";
import type { Store } from "../store/store.ts";
import type { InputItem, InputIterator, InputParameters } from "./inputStep.ts";

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
