/** Exit codes besides 0: what was asked for failed, or was asked for wrongly, or a file of the node's is damaged. */
const FAILED = 1;
const WRONGLY_CALLED = 2;
const DAMAGED = 3;

const WRONG = new Set(["USAGE", "CONFIG", "KEY_FILE", "KEYSTORE_INVALID", "WRONG_PASSWORD"]);

/** What a command's error means for whoever called it: one line, and the exit code. */
export function failureOf(error: unknown): { exitCode: number; line: string } {
  const { code, shortMessage, message } = error as Record<string, unknown>;
  // Errors of Assay and of viem say in one sentence what is wrong.
  const text = String(shortMessage ?? message ?? error);
  const [line = ""] = text.split("\n");
  if (code === "STORE_DAMAGED") return { exitCode: DAMAGED, line };
  return { exitCode: WRONG.has(String(code)) ? WRONGLY_CALLED : FAILED, line };
}
