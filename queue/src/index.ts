export { type Backoff, backoffMs } from "./backoff.ts";
export type { ConsumeOptions, Consumer } from "./consumer.ts";
export {
  AttemptTimeoutError,
  ConsumerStoppedError,
  DeadLetterError,
  LeaseLostError,
  PostponeError,
  QueueError,
  QueueInvalidError,
  QueueTooNewError,
} from "./errors.ts";
export type { QueueEventMap } from "./events.ts";
export type { DoneTask } from "./outcomes.ts";
export { type Enqueued, openQueue, type Queue, type QueueOptions } from "./queue.ts";
export type { ListOptions, QueueCounts } from "./records.ts";
export type { Task } from "./run.ts";
export type { NewTask, Priority, TaskId, TaskOptions, TaskRecord, TaskState } from "./task.ts";
