import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Address, parseEther } from "viem";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isLong, longTest, variants } from "../../../test/fixtures/long.ts";
import {
  type ListedProcess,
  processTree,
  stillRunning,
} from "../../../test/fixtures/processTree.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { type Started, startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import { createAssay } from "../assay/createAssay.ts";
import { commands } from "../cli.ts";
import { namedCommands } from "../commandLine/tree.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const main = join(root, "cli/src/main.mjs");
/** `assay dev` as a shell's words. */
const dev = `'${process.execPath}' '${main}' dev --workers 1 --jurors 0`;

let started: Started;
let state: string;
beforeEach(async () => {
  started = startedThings();
  state = await temporaryFolder(started);
  await mkdir(temporary());
});
afterEach(() => started.end());

const temporary = () => join(state, "tmp");
const envFile = () => join(state, "assay/dev.env");

interface DevRun {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  environment(): Record<string, string>;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>;
}

/** Starts a command that runs `assay dev`, and waits until that is ready. */
async function run(command: string, ...args: string[]): Promise<DevRun> {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, XDG_STATE_HOME: state, TMPDIR: temporary() },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a job of its own, as a shell makes it
  });
  let stdout = "";
  let stderr = "";
  const isReady = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    if (stdout.includes("Ctrl-C")) isReady.resolve();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal);
  ended.then((how) => isReady.reject(new Error(`ended (${how}) before it was ready: ${stderr}`)));
  started.add(() => end(child));
  await isReady.promise;
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    environment: () =>
      Object.fromEntries(
        [...stdout.matchAll(/^export (\w+)=(\S+)/gm)].map(([, name = "", value = ""]) => [
          name,
          value,
        ]),
      ),
    ended,
  };
}

const direct = (...flags: string[]) =>
  run(process.execPath, main, "dev", "--workers", "1", "--jurors", "0", ...flags);

/** A test that failed leaves nothing either. */
async function end({ pid = 0 }: ChildProcess): Promise<void> {
  for (const { pid: one } of processTree(pid).toReversed()) kill(one, "SIGKILL");
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone.
  }
}

const treeOf = ({ child }: DevRun) => processTree(child.pid ?? 0);

function find(tree: readonly ListedProcess[], part: string | RegExp): ListedProcess {
  const found = tree.find(({ command }) => command.match(part));
  if (found === undefined) throw new Error(`nothing of ${part} in ${JSON.stringify(tree)}`);
  return found;
}

async function untilGone(tree: readonly ListedProcess[]): Promise<void> {
  await expect.poll(() => stillRunning(tree)).toEqual([]);
}

/** Gives the workers something to do, so that they have executors. */
async function withExecutors(running: DevRun): Promise<ListedProcess[]> {
  const assay = await createAssay({ environment: running.environment() });
  started.add(() => assay.close());
  const job = await assay.submitJob({
    ...{ program: echo.wasm, inputs: [Uint8Array.of(1)], rewardPerTask: 10n ** 15n },
  });
  for await (const _ of job.results()) break;
  await assay.close();
  const tree = treeOf(running);
  find(tree, /executor\/child\/main/);
  return tree;
}

/** What local networks keep while they run. */
const folders = () => readdir(temporary());

const isPosix = process.platform !== "win32";

describe.runIf(isPosix)("everything ends", () => {
  test.each(variants(["SIGINT", "SIGTERM", "SIGHUP"] as const))(
    "on %s to assay dev",
    async (signal) => {
      const running = await direct();
      const tree = treeOf(running);
      expect(tree.length).toBeGreaterThanOrEqual(4); // itself, its guard, a chain, a worker
      expect(await readFile(envFile(), "utf8")).toContain(running.environment().ASSAY_RPC);
      running.child.kill(signal);
      expect(await running.ended).toBe(0);
      await untilGone(tree);
      expect(existsSync(envFile())).toBe(false);
    },
  );

  test("on SIGKILL to assay dev, even what is stopped and cannot notice, files included", async () => {
    const running = await direct();
    const tree = await withExecutors(running);
    expect(await folders()).toHaveLength(1);
    for (const part of ["nodeProcess", "executor/child/main", "chainProcess"]) {
      for (const { pid, command } of tree) if (command.includes(part)) kill(pid, "SIGSTOP");
    }
    running.child.kill("SIGKILL");
    await untilGone(tree);
    expect(existsSync(envFile())).toBe(false);
    expect(await folders()).toEqual([]);
  });

  longTest("on SIGKILL to assay dev that is not ready yet", async () => {
    const child = spawn(process.execPath, [main, "dev"], {
      ...{
        cwd: root,
        env: { ...process.env, XDG_STATE_HOME: state, TMPDIR: temporary() },
        detached: true,
      },
      stdio: "ignore",
    });
    started.add(() => end(child));
    const tree = () => processTree(child.pid ?? 0);
    await expect
      .poll(() => tree().some(({ command }) => command.includes("chainProcess")))
      .toBe(true);
    const all = tree();
    child.kill("SIGKILL");
    await untilGone(all);
  });

  test.each(variants(["SIGKILL", "SIGTERM"] as const))(
    "on %s to the shell that started it",
    async (signal) => {
      const running = await run("bash", "-c", `${dev} & wait; exit 7`);
      const tree = treeOf(running);
      find(tree, /main.mjs dev/);
      running.child.kill(signal);
      await untilGone(tree);
      expect(existsSync(envFile())).toBe(false);
    },
  );

  longTest("on SIGKILL to a shell above the one that started it, of the same job", async () => {
    const running = await run("bash", "-c", `bash -c "${dev} & wait; exit 7" & wait; exit 7`);
    const tree = treeOf(running);
    running.child.kill("SIGKILL");
    await untilGone(tree);
  });

  longTest.each(["SIGTERM", "SIGKILL"] as const)("on %s to npm run localnet", async (signal) => {
    const running = await run("npm", "run", "localnet", "--", "--workers", "1", "--jurors", "0");
    const tree = treeOf(running);
    find(tree, /setup.mjs/);
    running.child.kill(signal);
    await untilGone(tree);
    expect(existsSync(envFile())).toBe(false);
  });

  longTest("on SIGKILL to the setup that npm run localnet runs", async () => {
    const running = await run("npm", "run", "localnet", "--", "--workers", "1", "--jurors", "0");
    const tree = treeOf(running);
    kill(find(tree, /setup.mjs/).pid, "SIGKILL");
    await untilGone(tree);
  });

  const ends = [
    ["nodeProcess", "SIGKILL", /worker-1 ended by itself \(SIGKILL\)/],
    ["nodeProcess", "SIGTERM", /worker-1 was told to end/],
    ["chainProcess", "SIGKILL", /The local chain ended by itself \(SIGKILL\)/],
    ["chainProcess", "SIGTERM", /The local chain ended by itself/],
    ["guardProcess", "SIGKILL", /guard, which cleans up after it, ended \(SIGKILL\)/],
  ] as const;
  test.each(variants(ends))("when its %s gets %s, and says so", async (part, signal, message) => {
    const running = await direct();
    const tree = part === "nodeProcess" ? await withExecutors(running) : treeOf(running);
    // One that is stopped sees nothing of its parent's end.
    for (const { pid, command } of tree) {
      if (command.includes("executor/child/main")) kill(pid, "SIGSTOP");
    }
    kill(find(tree, part).pid, signal);
    expect(await running.ended).toBe(1);
    expect(running.stderr()).toMatch(message);
    await untilGone(tree);
    expect(existsSync(envFile())).toBe(false);
  });
});

test.runIf(isLong && isPosix)(
  "with --keep it outlives its parent and its terminal, until it is told to end",
  async () => {
    const running = await run("bash", "-c", `${dev} --keep & wait; exit 7`);
    const tree = treeOf(running);
    const { pid } = find(tree, /main.mjs dev/);
    started.add(() => kill(pid, "SIGKILL")); // by then it is below nobody of ours
    running.child.kill("SIGKILL");
    kill(pid, "SIGHUP");
    await running.ended;
    // It is still there when the next one has come and gone.
    const other = await direct("--write-env", join(state, "other.env"));
    other.child.kill("SIGTERM");
    await other.ended;
    const below = tree.filter((one) => one.pid !== running.child.pid);
    expect(stillRunning(below)).toEqual(below);
    kill(pid, "SIGTERM");
    await untilGone(below);
  },
);

test("its workers take what is well paid, what its jury may judge, and what can be proved", async () => {
  const running = await run(process.execPath, main, "dev", "--workers", "2");
  const environment = running.environment();
  // Nobody who sources it chooses a token, an arbiter or anything else by that.
  const options = namedCommands(commands).flatMap(([, { options }]) => Object.keys(options));
  const variables = options.map((name) => `ASSAY_${name.toUpperCase().replaceAll("-", "_")}`);
  expect(Object.keys(environment).filter((name) => variables.includes(name))).toEqual([
    ...["ASSAY_RPC", "ASSAY_MARKETPLACE", "ASSAY_PROOF", "ASSAY_OFFERS"],
    ...["ASSAY_JURY", "ASSAY_BOOTSTRAP"],
  ]);
  const assay = await createAssay({ environment });
  started.add(() => assay.close());
  const { ASSAY_JURY: jury, ASSAY_PROOF: proof } = environment;
  const { timestamp } = await assay.public.getBlock();
  // A juror's stake has to count: an epoch of ten minutes was passed for it, and not added.
  expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(300);
  // Each batch locks as much as it pays, and all are locked at a time.
  for (const arbiter of [jury as Address, undefined]) {
    const job = await assay.submitJob({
      ...{ program: echo.wasm, inputs: numbered(8), batchSize: 1, arbiter },
      rewardPerTask: parseEther("500"),
    });
    expect(job.terms.arbiter).toBe(arbiter ?? proof);
    let results = 0;
    for await (const { outcome } of job.results()) if (outcome === "ok") results++;
    expect(results).toBe(8);
  }
  await assay.close();
  running.child.kill("SIGTERM");
  expect(await running.ended).toBe(0);
});

describe("the environment's file", () => {
  longTest("says what is printed, is its owner's alone, and stays the first one's", async () => {
    const first = await direct();
    const text = await readFile(envFile(), "utf8");
    expect(first.stdout()).toContain(envFile());
    for (const line of first.stdout().matchAll(/^export .*$/gm)) expect(text).toContain(line[0]);
    if (isPosix) expect((await stat(envFile())).mode & 0o777).toBe(0o600);

    const second = await direct();
    expect(second.stderr()).toMatch(/dev\.env belongs to another assay dev \(process \d+\)/);
    expect(second.environment().ASSAY_RPC).not.toBe(first.environment().ASSAY_RPC);
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    expect(await readFile(envFile(), "utf8")).toBe(text);

    const third = await direct("--write-env", join(state, "third.env"));
    expect(await readFile(join(state, "third.env"), "utf8")).toContain(
      third.environment().ASSAY_RPC,
    );
    first.child.kill("SIGTERM");
    expect(await first.ended).toBe(0);
    expect(existsSync(envFile())).toBe(false);
    third.child.kill("SIGTERM");
    await third.ended;
    expect(existsSync(join(state, "third.env"))).toBe(false);
  });

  test("is not put in the place of a file that is somebody's", async () => {
    const file = join(state, ".env");
    await writeFile(file, "SECRET=1\n");
    await expect(direct("--write-env", file)).rejects.toThrow(
      /ended \(2\).*\.env is there already, and not by assay dev/,
    );
    expect(await readFile(file, "utf8")).toBe("SECRET=1\n");
  });
});
