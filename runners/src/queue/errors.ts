import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** A task that no attempt could bring to an end. */
export interface DeadTask {
  /** Which input it is. */
  position: number;
  /** Of the last attempt. */
  reason: string;
}

/** What of them the error names; there may be millions. */
const MOST_NAMED = 100;

/**
 * Some tasks have no outcome, after all their attempts. All others were done, and their results were read. The tasks stay in the queue as
 * dead letters; the next run that has them tries them again.
 */
export class DeadLettersError extends AssayError {
  readonly code = "RUNNER_DEAD_LETTERS";
  readonly retryable = true;
  readonly count: number;
  /** The first hundred. */
  readonly dead: readonly DeadTask[];

  constructor(dead: readonly DeadTask[], count: number) {
    const [first] = dead;
    super(
      `${count} tasks came to no end, the first of them at position ${first?.position}: mend what its reason says, and run them again.`,
      { details: first?.reason },
    );
    this.dead = dead;
    this.count = count;
  }
}

/** Tasks without an end, counted, with the first of them by name. */
export function createDeadTasks() {
  const dead: DeadTask[] = [];
  let count = 0;
  return {
    note(task: DeadTask): void {
      if (count++ < MOST_NAMED) dead.push(task);
    },
    /** @throws {@link DeadLettersError} if there are any. */
    throwIfAny(): void {
      if (count > 0) throw new DeadLettersError(dead, count);
    },
  };
}

/** The file is none of a queue, or has what this library does not write. */
export class QueueFileError extends AssayError {
  readonly code = "RUNNER_QUEUE_FILE";
  readonly retryable = false;

  constructor(what: string, options?: AssayErrorOptions) {
    super(`The queue's file ${what}: use another file.`, options);
  }
}
