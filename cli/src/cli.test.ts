import { spawnSync } from "node:child_process";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { failureOf } from "../../worker/src/process/failure.ts";
import { runCli } from "./cli.ts";

/** What a call prints and how it ends, without a process. */
async function call(argv: string[], env: NodeJS.ProcessEnv = {}) {
  let output = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      output += chunk;
      done();
    },
  });
  try {
    return { exitCode: await runCli(argv, { env, stdout }), output };
  } catch (error) {
    return { ...failureOf(error), output };
  }
}

/** A help's words, wherever its lines are broken. */
const wordsOf = (output: string) => output.replaceAll(/\s+/g, " ");

test.each([[[]], [["--help"]], [["-h"]], [["help"]]])(
  "%j lists nouns and short forms",
  async (argv) => {
    const { exitCode, output } = await call(argv);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^ {2}worker +start, status, drain, backup$/m);
    expect(output).toMatch(/^ {2}status +assay worker status$/m);
    expect(output).toContain("Exit codes: 0 done");
  },
);

test.each([[["stake"]], [["stake", "--help"]], [["stake", "help"]], [["help", "stake"]]])(
  "%j shows the verbs of a noun and no others",
  async (argv) => {
    const { exitCode, output } = await call(argv);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/^ {2}deposit +add to the account's stake$/m);
    expect(output).not.toContain("drain");
  },
);

test.each([
  [["worker", "start", "--help"]],
  [["worker", "start", "--rpc", "-h"]],
  [["help", "worker", "start"]],
])("%j has every option of a command", async (argv) => {
  const output = wordsOf((await call(argv)).output);
  for (const name of [
    ...["--rpc <url>", "--bootstrap <multiaddr>", "--json", "--exit-with-parent"],
    ...["--network local|public", "ASSAY_MIN_REWARD", "policy.minReward", "default: 10m"],
  ]) {
    expect(output).toContain(name);
  }
});

test.each([[["--version"]], [["-v"]], [["version"]]])("%j is the version", async (argv) => {
  expect(await call(argv)).toEqual({ exitCode: 0, output: "0.1.0\n" });
});

test("a short form is the command that it stands for", async () => {
  const [short, whole] = await Promise.all([
    call(["task", "--help"]),
    call(["program", "run", "--help"]),
  ]);
  expect(short.output).toBe(whole.output.replace("assay program run", "assay task"));
  const { exitCode, ...rest } = await call(["status", "--data-dir", "/nowhere"]);
  expect([exitCode, "line" in rest && rest.line]).toEqual([
    2,
    expect.stringContaining("There is no node in /nowhere"),
  ]);
});

const start = ["worker", "start"];
const withRpc = [...start, "--rpc", "http://127.0.0.1:9"];
test.each([
  [["jop"], 'There is no command "jop"'],
  [["worker", "strat"], 'There is no command "worker strat": did you mean assay worker start?'],
  [["worker", "stop"], 'There is no command "worker stop"'],
  [["help", "stak"], 'There is no command "stak": did you mean assay stake?'],
  [["help", "stake", "slash"], 'There is no command "stake slash"'],
  [["peesr"], 'There is no command "peesr": did you mean assay peers?'],
  [["--jsno"], 'There is no command "--jsno"'],
  [["completion"], "Name a shell: bash, zsh, fish."],
  [["completion", "tcsh"], "Name a shell: bash, zsh, fish."],
  [[...start, "--colour", "red"], "Unknown option --colour"],
  [[...start, "--staek", "1"], "Unknown option --staek: did you mean --stake?"],
  [[...start, "now"], 'Unexpected "now"'],
  [[...start, "--rpc"], "--rpc needs a value: --rpc <url>"],
  [[...start, "--rpc", "--json"], "--rpc needs a value"],
  [[...start, "--rpc", "localhost"], "--rpc localhost: give a URL"],
  [[...withRpc, "--stake", "1", "--stake", "2"], "--stake was given twice"],
  [[...start, "--json=yes"], "--json takes no value"],
  [[...start, "--marketplace", "0x12"], "--marketplace 0x12: give an address"],
  [[...start, "--network", "moon"], "--network moon: give one of local, public"],
  [[...start, "--stake", "much"], "--stake much: give an amount"],
  [[...start, "--processes", "0"], "--processes 0: give a whole number"],
  [[...start, "--task-limit", "10"], "--task-limit 10: give a duration"],
  [[...start, "--listen", "8080"], "--listen 8080: give a multiaddr"],
  [[...start, "--bootstrap", "/ip4/1.2.3.4/tcp/4001"], "has to end in /p2p/<peer id>"],
  [start, "give its JSON-RPC with --rpc"],
  [[...start, "--roles", "worker,worker"], "--roles worker,worker: name each once"],
  [
    [...start, "--roles", "miner"],
    "--roles miner: give one of worker, auditor, juror, bootstrap, relay",
  ],
  [[...withRpc, "--roles", "juror"], "give the JuryArbiter's address with --jury"],
  [[...withRpc, "--content", "helia,gateway"], "name one with --gateway"],
  [[...start, "--disk-quota", "10"], "--disk-quota 10: give a size such as 500MB, 10GB"],
  [[...start, "--metrics-listen", "9464"], "--metrics-listen 9464: give a host and a port"],
  [[...start, "--config", "/nowhere.yaml"], "/nowhere.yaml cannot be read (ENOENT)"],
  [
    withRpc,
    "make one with assay key create, or give --keystore, --key-file, or the private key in ASSAY_PRIVATE_KEY",
  ],
  [[...withRpc, "--keystore", "/nowhere"], "--keystore /nowhere cannot be read (ENOENT)"],
  [[...withRpc, "--keystore", "/a", "--key-file", "/b"], "leave one of them out"],
  [[...withRpc, "--key-file", "/nowhere"], "--key-file /nowhere cannot be read (ENOENT)"],
  [["worker", "status", "--data-dir", "/nowhere"], "There is no node in /nowhere"],
])("%j is a usage error of one line", async (argv, message) => {
  const { exitCode, output, ...rest } = await call(argv);
  expect(exitCode).toBe(2);
  expect(output).toBe("");
  expect("line" in rest && rest.line).toContain(message);
});

test("a key in the environment is taken out of it", async () => {
  const env = { ASSAY_PRIVATE_KEY: `0x${"11".repeat(32)}` };
  const { exitCode } = await call(withRpc, env);
  expect(exitCode).toBe(1); // nobody answers there
  expect(env).toEqual({});
});

test("a command loads what it uses: none that stays off the network has its libraries", () => {
  const hook = `import { registerHooks } from "node:module";
    registerHooks({
      load(url, context, next) {
        if (/libp2p|undici|prom-client/.test(url)) process.stderr.write(url + "\\n");
        return next(url, context);
      },
    });`;
  const imported = `data:text/javascript,${encodeURIComponent(hook)}`;
  const main = fileURLToPath(new URL("main.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ["--import", imported, main, "--help"], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
