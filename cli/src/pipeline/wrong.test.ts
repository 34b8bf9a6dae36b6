import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunnerHost, serveRunner } from "@assay/runners/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { variants } from "../../../test/fixtures/long.ts";
import { echo } from "../../../test/fixtures/programs.ts";

// What is wrong with a pipeline or with a runner is one line of a process, and nothing was computed by then.

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const token = "right";
let folder = "";
let host: RunnerHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-wrong-"));
  await writeFile(join(folder, "echo.wasm"), echo.wasm);
  await writeFile(join(folder, "page.txt"), "some words");
  await writeFile(join(folder, "token"), "wrong\n");
  await writeFile(
    join(folder, "steps.ts"),
    `import { appendFileSync } from "node:fs";
     export function words(page: string) {
       appendFileSync(${JSON.stringify(join(folder, "computed"))}, "words\\n");
       return page.split(" ");
     }
     export const lengthOf = (word: string) => word.length;`,
  );
  host = await serveRunner({ token, processes: 1 });
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** The command as a process, with no token but those that are given. */
async function assay(argv: readonly string[]): Promise<Ended> {
  const { ASSAY_RUNNER_TOKEN: _, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...argv], {
    ...{ cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] },
  });
  const ended = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      ended[name] += text;
    });
  }
  const [status] = await once(child, "close");
  return { status, ...ended };
}

/** The first step is a function that leaves a trace, so that work that begins is seen. */
const pipelineOf = (steps: string) => `name: wrong
inputs:
  pages: { files: "page.txt", type: text }
steps:
  words: { flatMap: ./steps.ts#words, from: pages, gives: text }
${steps}`;

async function expectRefused(
  argv: readonly string[],
  { status, line }: { status: number; line: string },
): Promise<void> {
  const ended = await assay(argv);
  expect(ended).toEqual({ status, stdout: "", stderr: `assay: ${line}\n` });
  expect(existsSync(join(folder, "computed")), "nothing was computed").toBe(false);
}

describe("a pipeline", () => {
  const wrong = [
    {
      what: "a cycle",
      steps:
        "  a: { map: ./steps.ts#lengthOf, from: b }\n  b: { map: ./steps.ts#lengthOf, from: a }\n",
      at: "6:6",
      line: "Step a needs itself: a → b → a. Take one of these edges out.",
    },
    {
      what: "an unknown step",
      steps: "  a: { map: ./steps.ts#lengthOf, from: word }\n",
      at: "6:6",
      line: "Step a takes from word, but there is no such step: there are pages, words, a.",
    },
    {
      what: "a type that does not fit",
      steps: "  a: { map: ./steps.ts#lengthOf, from: words, takes: number }\n",
      at: "6:6",
      line: "Step a takes number, but words gives text: change one of them, or put a map between them.",
    },
    {
      what: "a missing program file",
      steps: "  a: { program: ./no.wasm, from: words }\n",
      at: "6:17",
      line: () =>
        `steps.a.program names ${join(folder, "no.wasm")}, which cannot be read (ENOENT).`,
    },
  ];
  const commands = variants(["run", "plan", "graph"]);

  test.concurrent.each(wrong.flatMap((one) => commands.map((command) => ({ command, ...one }))))(
    "$what is one line of assay pipeline $command",
    async ({ command, what, steps, at, line }) => {
      const file = join(folder, `${what.replaceAll(" ", "-")}-${command}.yaml`);
      await writeFile(file, pipelineOf(steps));
      const said = typeof line === "string" ? line : line();
      await expectRefused(["pipeline", command, file], {
        status: 2,
        line: `${file}:${at}: ${said}`,
      });
    },
  );
});

describe("a runner", () => {
  const far = "  same: { program: ./echo.wasm, from: words, gives: text, runner: http }\n";

  test.concurrent("that cannot be reached", async () => {
    // A port that was free just now.
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, "close");
    const file = join(folder, "unreachable.yaml");
    await writeFile(file, pipelineOf(far));
    const url = `http://127.0.0.1:${port}`;
    await expectRefused(["pipeline", "run", file, "--host", url], {
      status: 1,
      line: `No host can be used (${url} does not answer (ECONNREFUSED)): start \`assay runner serve\` there, or name others.`,
    });
  });

  test.concurrent("that refuses the token", async () => {
    const file = join(folder, "token.yaml");
    await writeFile(file, pipelineOf(far));
    const argv = [
      "pipeline",
      "run",
      file,
      "--host",
      host.url,
      "--token-file",
      join(folder, "token"),
    ];
    await expectRefused(argv, {
      status: 1,
      line: `No host can be used (${host.url} refuses the token): give the token that they were started with.`,
    });
  });

  test.concurrent("that cannot listen", async () => {
    const taken = new URL(host.url).host;
    await expectRefused(["runner", "serve", "--listen", taken], {
      status: 1,
      line: `${taken} cannot be listened on (EADDRINUSE): choose another --listen.`,
    });
  });
});
