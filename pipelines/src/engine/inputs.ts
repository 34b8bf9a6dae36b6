import { PipelineInvalidError } from "../define/errors.ts";
import type { EpochStream, InputGiven, StepDefinition } from "../define/step.ts";
import { contentOf } from "../store/content.ts";
import type { InputItem, InputIterator, InputParameters } from "./inputStep.ts";
import type { RunContext } from "./stepRun.ts";

/** The run that reads, and the name of its pipeline. */
interface Reader {
  run: Pick<RunContext, "store" | "isDry">;
  pipeline: string;
}

/** @throws {@link PipelineInvalidError} when it is nothing that can be read. */
export function openInput(
  definition: StepDefinition,
  given: InputGiven | undefined,
  reader: Reader,
): InputParameters {
  const { name, gives, source } = definition;
  const from = given ?? source?.();
  if (from === undefined) return { items: undefined, firstEpoch: undefined, isPartial: true };
  const encode = (value: unknown, epoch: number): InputItem => ({
    epoch,
    content: contentOf(gives.encode(value)),
  });
  if (typeof from === "object" && "open" in from) {
    const isPartial = reader.run.isDry && from.isRepeatable !== true;
    const items = streamItems(name, from, { ...reader, encode, isPartial });
    return { items, firstEpoch: undefined, isPartial };
  }
  const items = mapped(from, (value) => encode(value, 0));
  if (items === undefined) {
    throw new PipelineInvalidError(
      `Input ${name} is given something that is no iterable: give a list, a stream, or { open }.`,
    );
  }
  return { items, firstEpoch: 0, isPartial: false };
}

type StreamParameters = Reader & {
  encode(value: unknown, epoch: number): InputItem;
  /** Only what is stored already is read. */
  isPartial: boolean;
};

async function* streamItems(
  name: string,
  stream: EpochStream,
  { run, pipeline, encode, isPartial }: StreamParameters,
): AsyncGenerator<InputItem> {
  const key = `${pipeline}/${name}`;
  let number = 0;
  for (const { epoch, bytes } of run.store.storedInputs(key)) {
    number++;
    yield { epoch, content: contentOf(bytes) };
  }
  if (isPartial) return;
  for await (const { epoch, value } of stream.open(number)) {
    if (!Number.isSafeInteger(epoch) || epoch < 0 || epoch >= 2 ** 32) {
      throw new PipelineInvalidError(
        `Input ${name} gives epoch ${epoch}: epochs are whole numbers from 0 on.`,
      );
    }
    const item = encode(value, epoch);
    const { bytes } = item.content;
    if (!run.isDry && bytes !== undefined) run.store.storeInput(key, number, { epoch, bytes });
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
