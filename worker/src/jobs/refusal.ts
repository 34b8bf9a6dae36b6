import { type AssayError, ManifestError } from "@assay/sdk";

/** Kinds of reasons why a node leaves a job alone: few and fixed, so that they can be counted. */
const REFUSALS = [
  /** By its policy: what the job pays in, whose rulings it is under, what it runs, who asks, tags that it needs, pay… */
  ...(["token", "arbiter", "program", "requester", "tags", "reward"] as const),
  /** …and what a batch or a task takes. */
  ...(["stake", "batch", "memory", "result"] as const),
  /** A batch would not be done in time, or was not. */
  "time",
  /** The program, or the job's contents, are broken or more than nodes take. */
  ...(["unfit", "contents"] as const),
  /** Results of this node for the job were found wrong. */
  "wrong",
  "other",
] as const;

export type RefusalKind = (typeof REFUSALS)[number];

export interface Refusal {
  kind: RefusalKind;
  /** For people. */
  reason: string;
}

const BY_CODE: Readonly<Record<string, RefusalKind>> = {
  PROGRAM_REFUSED: "unfit",
  TASK_TIMEOUT: "time",
  CONTENT_TOO_LARGE: "contents",
  CONTENT_MALFORMED: "contents",
};

/** What an error that trying again does not mend means for a job. */
export function refusalByError(error: AssayError): Refusal {
  const { code, details, shortMessage } = error;
  const kind = error instanceof ManifestError ? "contents" : BY_CODE[code];
  return { kind: kind ?? "other", reason: details ?? shortMessage };
}
