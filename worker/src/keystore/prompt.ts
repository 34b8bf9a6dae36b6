import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { KeyFileError } from "./errors.ts";

export interface Terminal {
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream;
}

/**
 * Asks on a terminal, without echo. The question goes to stderr: stdout is for the answer of the command.
 *
 * @throws {@link KeyFileError} when the input ends, or on Ctrl-C.
 */
export function promptPassword(question: string, { stdin, stderr }: Terminal): Promise<string> {
  return new Promise((resolve, reject) => {
    stderr.write(question);
    const output = new Writable({ write: (_chunk, _encoding, done) => done() });
    const lines = createInterface({ input: stdin, output, terminal: true });
    const end = (finish: () => void) => {
      lines.off("close", onClose);
      lines.close();
      stderr.write("\n");
      finish();
    };
    const onClose = () => end(() => reject(new KeyFileError("No password was given.")));
    lines.once("line", (line) => end(() => resolve(line)));
    lines.once("close", onClose);
    lines.once("SIGINT", onClose);
  });
}
