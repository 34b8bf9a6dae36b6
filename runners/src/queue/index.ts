/** `@assay/runners/queue`: a durable queue in one SQLite file. It needs `@assay/queue` and `better-sqlite3`, which other entries do not. */
export { DeadLettersError, type DeadTask, QueueFileError } from "./errors.ts";
export { type QueueRunnerOptions, queueRunner } from "./queueRunner.ts";
export { type QueueServer, type ServeQueueOptions, serveQueue } from "./serve.ts";
