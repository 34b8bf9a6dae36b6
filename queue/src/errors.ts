/** The base of this library's errors. `code` is stable; `retryable` says whether the same call can succeed later. */
export abstract class QueueError extends Error {
  abstract readonly code: string;
  abstract readonly retryable: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** An option or a task is invalid. */
export class QueueInvalidError extends QueueError {
  readonly code = "QUEUE_INVALID";
  readonly retryable = false;
}

/** The database was written by a later version of this library. */
export class QueueTooNewError extends QueueError {
  readonly code = "QUEUE_TOO_NEW";
  readonly retryable = false;

  constructor(found: number, known: number) {
    super(
      `The queue's tables have version ${found}, and this version knows ${known}: install the version that wrote them, or a later one.`,
    );
  }
}

/** A task's `timeoutMs` is over: the reason of its signal, and of the failed attempt. */
export class AttemptTimeoutError extends QueueError {
  readonly code = "QUEUE_TASK_TIMEOUT";
  readonly retryable = true;

  constructor(timeoutMs: number) {
    super(`The task took longer than its ${timeoutMs} ms: give it more, or less to do.`);
  }
}

/** The task's lease ran out (this process stood still for too long) and others may have it: the reason of its signal. */
export class LeaseLostError extends QueueError {
  readonly code = "QUEUE_LEASE_LOST";
  readonly retryable = true;

  constructor() {
    super("The lease on the task ran out, and another consumer may have it: leave it alone.");
  }
}

/** The consumer's signal was aborted: the reason of its tasks' signals. */
export class ConsumerStoppedError extends QueueError {
  readonly code = "QUEUE_CONSUMER_STOPPED";
  readonly retryable = true;

  constructor(cause?: unknown) {
    super("The consumer is stopping: the task goes back to the queue.", { cause });
  }
}

/** Thrown by a handler: trying again is pointless. The task becomes a dead letter with this message as its reason. */
export class DeadLetterError extends QueueError {
  readonly code = "QUEUE_DEAD_LETTER";
  readonly retryable = false;
}

/** Thrown by a handler: not now. The task comes back after `delayMs` milliseconds, and the attempt does not count. */
export class PostponeError extends QueueError {
  readonly code = "QUEUE_POSTPONED";
  readonly retryable = true;
  readonly delayMs: number;

  constructor(delayMs: number, message = "The task is not due yet.", options?: ErrorOptions) {
    super(message, options);
    this.delayMs = delayMs;
  }
}
