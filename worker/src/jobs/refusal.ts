import { type AssayError, ManifestError, type RefusalCode } from "@assay/sdk";

/** Kinds of reasons why a node leaves a job alone: few and fixed, so that they can be counted. */
export type RefusalReason =
  /** By its policy. */
  | RefusalCode
  /** The program is broken, or more than nodes take. */
  | "UNFIT"
  /** It could not be defended before its proof arbiter, or names another program's machine. */
  | "MACHINE"
  /** The job's contents are. */
  | "CONTENTS"
  /** Results of this node for the job were found wrong. */
  | "WRONG"
  | "OTHER";

export interface Refusal {
  code: RefusalReason;
  /** For people. */
  reason: string;
}

const BY_CODE: Readonly<Record<string, RefusalReason>> = {
  PROGRAM_REFUSED: "UNFIT",
  MACHINE_REFUSED: "MACHINE",
  TASK_TIMEOUT: "TIME",
  CONTENT_TOO_LARGE: "CONTENTS",
  CONTENT_MALFORMED: "CONTENTS",
};

/** What an error that trying again does not mend means for a job. */
export function refusalByError(error: AssayError): Refusal {
  const { code, details, shortMessage } = error;
  const refusal = error instanceof ManifestError ? "CONTENTS" : BY_CODE[code];
  return { code: refusal ?? "OTHER", reason: details ?? shortMessage };
}
