// The one step that runs on whatever Node the machine has (18 or later): it makes sure that the
// dependency tree in node_modules is the lock file's, installed under the pinned Node, and then
// runs the given TypeScript file under that Node. It uses nothing but Node's own modules.
//
// The install itself must run under the pinned Node: npm skips optional packages whose `engines`
// do not match the running Node, and Hardhat's native EVM is one of them.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const nodeBinary = join(
  root,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);
const stampFile = join(root, "node_modules", ".assay-setup");

const lock = readFileSync(join(root, "package-lock.json"));
const pinned = JSON.parse(lock.toString()).packages["node_modules/node"].version;
const stamp = createHash("sha256")
  .update(lock)
  .update(`${process.platform}-${process.arch}`)
  .digest("hex");

/** Runs a command to its end; signals reach it through the terminal's process group and through us. */
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options });
    const forward = (signal) => child.kill(signal);
    // A terminal's Ctrl-C reaches the child by itself: stay alive until it has cleaned up.
    const wait = () => {};
    process.on("SIGINT", wait);
    process.on("SIGTERM", forward);
    process.on("SIGHUP", forward);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", wait);
      process.off("SIGTERM", forward);
      process.off("SIGHUP", forward);
      resolve(code ?? (signal === "SIGINT" ? 130 : 143));
    });
  });
}

if (
  !existsSync(nodeBinary) ||
  !existsSync(stampFile) ||
  readFileSync(stampFile, "utf8") !== stamp
) {
  process.stderr.write(`Installing dependencies under Node ${pinned} (once; about a minute)…\n`);
  const code = await run(
    "npx",
    ["-y", "-p", `node@${pinned}`, "-c", "npm ci --no-audit --no-fund --loglevel=error"],
    {
      // npm's own output would land on stdout, where `--json` promises one JSON object last.
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    },
  );
  if (code !== 0) {
    process.stderr.write(
      "The install failed. Check the network and the lines above, then run the same command again.\n",
    );
    process.exit(code);
  }
  writeFileSync(stampFile, stamp);
}

const [script, ...args] = process.argv.slice(2);
process.exit(
  await run(nodeBinary, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
    env: {
      // A run starts up to a dozen processes of the same modules, which are parsed once.
      NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "assay-modules"),
      ...process.env,
      PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(
        process.platform === "win32" ? ";" : ":",
      ),
    },
    // The user's own folder, so that a relative --scene means what they typed.
    cwd: process.env.INIT_CWD ?? process.cwd(),
  }),
);
