/** Exit codes besides 0: what was asked for failed, or was asked for wrongly… */
export const FAILED = 1;
const WRONGLY_CALLED = 2;
/** The data folder holds a damaged database, or a file that is no node's database; trying again changes nothing. */
const UNFIT_DATA = 3;

const WRONG = new Set([
  ...["USAGE", "CONFIG", "KEY_FILE", "KEYSTORE_INVALID", "WRONG_PASSWORD"],
  ...["NODE_ASKED_WRONGLY", "PIPELINE_INVALID"],
]);

const UNFIT = new Set(["STORE_DAMAGED", "STORE_FOREIGN", "PIPELINE_STORE_INVALID"]);

/** Translates a command's error for its caller: one line, and the exit code. */
export function failureOf(error: unknown): { exitCode: number; line: string } {
  const { code, shortMessage, message } = error as Record<string, unknown>;
  // Errors of Assay and of viem say in one sentence what is wrong.
  const text = String(shortMessage ?? message ?? error);
  const [first = ""] = text.split("\n");
  // A part of it may be a stranger's: an endpoint, a token or a peer does not write to the terminal.
  const line = first.replaceAll(/\p{Cc}/gu, " ");
  return { exitCode: exitCodeOf(String(code)), line };
}

function exitCodeOf(code: string): number {
  if (WRONG.has(code)) return WRONGLY_CALLED;
  return UNFIT.has(code) ? UNFIT_DATA : FAILED;
}
