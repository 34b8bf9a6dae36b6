import type { Priority } from "@assay/queue";
import { type BlockReader, blake3 } from "@assay/sdk/protocol";
import { createRunner } from "../runner/createRunner.ts";
import type { Runner, TaskEnd } from "../runner/runner.ts";
import { createDeadTasks } from "./errors.ts";
import { openQueueFile, type RetryOptions } from "./openFile.ts";
import { type ServeQueueOptions, serveOpened } from "./serve.ts";
import { createTaskTable } from "./taskTable.ts";

/** Tasks of a run that are in the queue at a time: more than those who work on them are leased. */
const WINDOW = 2_048;
/** Results stay for a week. */
const KEEP_MS = 7 * 86_400_000;

export interface QueueRunnerOptions extends ServeQueueOptions, RetryOptions {
  /** The queue's SQLite file; it is made if it is not there. */
  file: string;
  /** Whether this process works on the tasks too, or waits for others that do: see `serveQueue`. Default: yes. */
  work?: boolean | undefined;
  /** Which of several runs on the file comes first. Default: `normal`. */
  priority?: Priority | undefined;
  /** Its tasks go only to a process that has all of these; `tags` are what this process has. */
  taskTags?: readonly string[] | undefined;
  /** An attempt that takes longer, in milliseconds, has failed and is made again. Default: none, so that fuel decides. */
  timeoutMs?: number | undefined;
  /** How long results stay in the file, in milliseconds. Default: a week. */
  keepMs?: number | undefined;
  /** Reads inputs that are named by their CID. */
  content?: BlockReader | undefined;
}

/**
 * Runs anybody's programs through a durable queue in one SQLite file that several processes share, each in sandboxed processes of its own.
 * Any of them may be killed at any instant. A run that is begun again after that computes only what is not in the file yet.
 *
 * Its runs throw {@link DeadLettersError} at their end when tasks have used up their attempts.
 */
export function queueRunner({
  file,
  content,
  work = true,
  attempts,
  backoff,
  priority,
  taskTags,
  timeoutMs,
  keepMs = KEEP_MS,
  ...serving
}: QueueRunnerOptions): Runner {
  const opened = openQueueFile(file, { attempts, backoff });
  const table = createTaskTable(opened, {
    ...{ priority, tags: taskTags, timeoutMs, attempts, backoff },
    pollMs: serving.pollMs,
    keepMs,
  });
  const server = work ? serveOpened(opened, serving, table) : undefined;
  return createRunner({
    ...{ name: "queue", content },
    open({ program, wasm, limits }) {
      const job = opened.atomically(() => opened.store.jobOf(program.id, wasm, limits));
      const dead = createDeadTasks();
      return {
        window: WINDOW,
        async runTask(input, { position, signal }): Promise<TaskEnd | undefined> {
          const ended = await table.ask({ job, hash: blake3.encode(input), input }, signal);
          if (!("reason" in ended)) return ended;
          dead.note({ position, reason: ended.reason });
          return undefined;
        },
        afterAll: () => dead.throwIfAny(),
      };
    },
    async close() {
      await server?.close();
      table.close();
      opened.close();
    },
  });
}
