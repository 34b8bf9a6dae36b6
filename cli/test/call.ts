import { PassThrough, Writable } from "node:stream";
import { failureOf } from "../../worker/src/process/failure.ts";
import { runCli } from "../src/cli.ts";

export interface Called {
  exitCode: number;
  stdout: string;
  /** The error's line included, as a process would write it. */
  stderr: string;
  /** The output, if it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the command says
  json: any;
}

/** What a call prints and how it ends, without a process. */
export async function call(
  argv: readonly string[],
  {
    env = {},
    typed,
  }: {
    env?: NodeJS.ProcessEnv;
    /** What is typed on a terminal; without it there is none. */
    typed?: string;
  } = {},
): Promise<Called> {
  const out = sink();
  const err = sink();
  const stdin = Object.assign(new PassThrough(), {
    isTTY: typed !== undefined,
    setRawMode: () => {},
  });
  stdin.end(typed);
  const streams = { stdout: out.stream, stderr: err.stream, stdin };
  let exitCode: number;
  try {
    exitCode = await runCli(argv, { env, ...streams });
  } catch (error) {
    const failure = failureOf(error);
    exitCode = failure.exitCode;
    err.stream.write(`assay: ${failure.line}\n`);
  }
  const stdout = out.text();
  const json = stdout.startsWith("{") ? JSON.parse(stdout) : undefined;
  return { exitCode, stdout, stderr: err.text(), json };
}

function sink() {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream, text: () => text };
}
