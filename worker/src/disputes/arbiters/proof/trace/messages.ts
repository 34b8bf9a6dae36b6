import type { TraceAnswer, TracedTask, TraceQuestion } from "./answer.ts";

/** What a node asks its tracing process. */
export interface TraceOrder {
  id: number;
  /** Missing where it is that of the question before. */
  task?: TracedTask | undefined;
  question: TraceQuestion;
}

export type TraceReply = { id: number } & ({ answer: TraceAnswer } | { error: string });
