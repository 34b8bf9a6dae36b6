import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { echo } from "../../../test/fixtures/programs.ts";
import { ampleLimits, childPids, useExecutors } from "../../test/executors.ts";
import { sandbox } from "./childProcess.ts";

const executor = useExecutors();

test("nothing gets out: no files, processes, threads, add-ons or environment", async () => {
  const probe = fileURLToPath(new URL("../../test/sandbox/probe.mts", import.meta.url));
  const { args, options } = sandbox(probe, "ignore");
  const child = spawn(process.execPath, args, options);
  const report = await text(child.stdio[3] as NodeJS.ReadableStream);
  expect(JSON.parse(report)).toEqual({
    "own file": "allowed",
    "file beside its folder": "ERR_ACCESS_DENIED",
    "/etc/passwd": "ERR_ACCESS_DENIED",
    "list of a folder": "ERR_ACCESS_DENIED",
    "write to its own file": "ERR_ACCESS_DENIED",
    "write elsewhere": "ERR_ACCESS_DENIED",
    link: "ERR_ACCESS_DENIED",
    process: "ERR_ACCESS_DENIED",
    thread: "ERR_ACCESS_DENIED",
    "add-on": "ERR_DLOPEN_DISABLED",
    WASI: "ERR_ACCESS_DENIED",
    code: undefined, // an EvalError, which has none
    environment: 0,
  });
});

test.skipIf(process.platform !== "linux")(
  "when memory runs out, an executor process goes before the node",
  async () => {
    await executor({ processes: 1 }).run({
      program: echo,
      input: new Uint8Array(),
      ...ampleLimits,
    });
    const [pid] = childPids();
    const scoreOf = (process: number | undefined | "self") =>
      Number(readFileSync(`/proc/${process}/oom_score_adj`, "utf8"));
    await expect.poll(() => scoreOf(pid)).toBe(1000);
    expect(scoreOf("self")).toBeLessThan(1000);
  },
);

test.skipIf(process.platform === "win32")(
  "memory that the host cannot give is the node's trouble and no outcome",
  async () => {
    // All of it under a limit of address space that 4 GiB of memory do not fit into.
    const script = fileURLToPath(new URL("../../test/sandbox/hugePrograms.ts", import.meta.url));
    const limited = spawn(
      "/bin/sh",
      ["-c", 'ulimit -v 3500000 && exec "$@"', "sh", process.execPath, script],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    expect(await text(limited.stdout)).toBe(
      "huge from the start: HOST_OUT_OF_MEMORY\nhuge by growing: HOST_OUT_OF_MEMORY\n",
    );
  },
);
