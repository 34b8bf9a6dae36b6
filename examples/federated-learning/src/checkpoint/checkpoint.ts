import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type AbortOptions, AssayError, type AssayErrorOptions } from "@assay/sdk";
import type { DataSet } from "../data/dataSet.ts";
import type { Federation } from "../federation/prepare.ts";
import type { TrainingState } from "../federation/training.ts";
import type { ProgramName } from "../programs/programs.ts";
import { decode, encode } from "./encode.ts";

export type CheckpointErrorCode =
  | "CHECKPOINT_UNREADABLE"
  | "CHECKPOINT_DAMAGED"
  | "CHECKPOINT_OF_ANOTHER_TRAINING"
  | "CHECKPOINT_TOO_FAR"
  | "CHECKPOINT_NOT_WRITTEN";

/** A checkpoint that training cannot go on from, or one that cannot be stored. */
export class CheckpointError extends AssayError {
  readonly code: CheckpointErrorCode;
  readonly retryable = false;

  constructor(code: CheckpointErrorCode, message: string, options?: AssayErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const FIRST_LINE = /^assay-federated-learning 1 ([0-9a-f]{64})$/;

/** The state of a training in a file, replaced as a whole after each round. */
export interface Checkpoint {
  /**
   * What was saved last; undefined if there is no such file.
   * @throws {@link CheckpointError} for a file that is damaged, of another training, or after more rounds than are asked for, and for one that could
   * not be written.
   */
  load(options?: AbortOptions): Promise<TrainingState | undefined>;
  /**
   * Replaces the file. After a crash at any instant it holds either the old state or the new one.
   * @throws {@link CheckpointError} `CHECKPOINT_NOT_WRITTEN`
   */
  save(state: TrainingState): Promise<void>;
}

/**
 * A file for one training: its data, options and programs are part of the file by their hash, because with others the same state would lead to
 * another model. The number of rounds and the patience are not, so that a training can be given more of both.
 *
 * The first line has the format's version and the SHA-256 of the second, which is JSON.
 */
export function openCheckpoint(
  file: string,
  federation: Federation,
  programs: ReadonlyMap<ProgramName, Uint8Array>,
): Checkpoint {
  const training = identityOf(federation, programs);
  return {
    async load({ signal } = {}) {
      const text = await read(file, signal);
      if (text === undefined) {
        // Better before the first round is paid for than after.
        await access(dirname(file), constants.W_OK).catch((cause) => {
          throw notWritten(file, cause);
        });
        return undefined;
      }
      const [first = "", ...rest] = text.split("\n");
      const body = rest.join("\n");
      const found = FIRST_LINE.exec(first)?.[1];
      if (found === undefined || found !== hash(body)) {
        throw new CheckpointError(
          "CHECKPOINT_DAMAGED",
          `${file} is no checkpoint, or a damaged one: remove it, or choose another --checkpoint.`,
        );
      }
      const saved = decode(body) as { training: string; state: TrainingState };
      if (saved.training !== training) {
        throw new CheckpointError(
          "CHECKPOINT_OF_ANOTHER_TRAINING",
          `${file} is of a training with other data, options or programs: repeat its command, or choose another --checkpoint.`,
        );
      }
      const done = saved.state.rounds.length;
      if (done > federation.options.rounds) {
        throw new CheckpointError(
          "CHECKPOINT_TOO_FAR",
          `${file} is of a training after round ${done}: ask for --rounds ${done} or more, or choose another --checkpoint.`,
        );
      }
      return saved.state;
    },
    async save(state) {
      const body = encode({ training, state });
      await replace(file, `assay-federated-learning 1 ${hash(body)}\n${body}`);
    },
  };
}

async function read(file: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    return await readFile(file, { encoding: "utf8", signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CheckpointError(
      "CHECKPOINT_UNREADABLE",
      `${file} cannot be read: choose another --checkpoint.`,
      { cause },
    );
  }
}

/** Writes beside the file, makes sure that it is on the disk, and puts it in the file's place. */
async function replace(file: string, text: string): Promise<void> {
  const beside = `${file}.new`;
  try {
    const written = await open(beside, "w");
    try {
      await written.writeFile(text);
      await written.sync();
    } finally {
      await written.close();
    }
    await rename(beside, file);
    // The folder has the name: without this a power failure can bring the old file back.
    const folder = await open(dirname(file), "r");
    await folder.sync().finally(() => folder.close());
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw notWritten(file, cause);
  }
}

function notWritten(file: string, cause: unknown): CheckpointError {
  return new CheckpointError(
    "CHECKPOINT_NOT_WRITTEN",
    `The checkpoint ${file} cannot be written: make room, or choose another --checkpoint.`,
    { cause },
  );
}

/** SHA-256 of everything that the models of a training follow from. */
function identityOf(
  { options, shards, clientTests, validation, test, model }: Federation,
  programs: ReadonlyMap<ProgramName, Uint8Array>,
): string {
  const { rounds: _, patience: __, ...rest } = options;
  const all = createHash("sha256").update(encode(rest));
  const add = (array: Float32Array | Float64Array | Uint8Array) =>
    all
      .update(`;${array.length};`)
      .update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  const addData = ({ features, classes, values, labels }: DataSet) => {
    all.update(`;${features};${classes}`);
    add(values);
    add(labels);
  };
  for (const data of [...shards, ...clientTests, validation, test]) addData(data);
  add(model);
  for (const [name, wasm] of [...programs].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    all.update(name);
    add(wasm);
  }
  return all.digest("hex");
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
