import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Started, startedThings, temporaryFolder } from "../../../worker/test/network.ts";
import {
  defaultEnvFile,
  envFileContent,
  exportLines,
  removeEnvFile,
  writeEnvFile,
} from "./envFile.ts";

let started: Started;
let folder: string;
let file: string;
beforeEach(async () => {
  started = startedThings();
  folder = await temporaryFolder(started);
  file = join(folder, "state/dev.env");
});
afterEach(() => started.end());

/** Of a local network whose chain answers. */
async function ofLiving(): Promise<string> {
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  started.add(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return envFileContent({ ASSAY_RPC: `http://127.0.0.1:${port}` });
}

/** Nobody listens there. */
const ofDead = envFileContent({ ASSAY_RPC: "http://127.0.0.1:9" });

test("it lies in the folder for state, and a relative one is ignored", () => {
  expect(defaultEnvFile({ XDG_STATE_HOME: folder })).toBe(join(folder, "assay/dev.env"));
  const usual = join(homedir(), ".local/state/assay/dev.env");
  for (const XDG_STATE_HOME of [undefined, "", "state"]) {
    expect(defaultEnvFile({ XDG_STATE_HOME })).toBe(usual);
  }
});

test("of several that write at a time, over remains or not, one has its file", async () => {
  const contents = await Promise.all(Array.from({ length: 8 }, ofLiving));
  for (const remains of [undefined, ofDead]) {
    if (remains !== undefined) await writeFile(file, remains);
    const written = await Promise.allSettled(
      contents.map((content) => writeEnvFile(file, content)),
    );
    const winners = contents.filter((_, index) => written[index]?.status === "fulfilled");
    expect(winners).toEqual([await readFile(file, "utf8")]);
    for (const one of written) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "USAGE" });
    }
    expect(await readdir(join(folder, "state"))).toEqual(["dev.env"]);
    await removeEnvFile(file, winners[0] ?? "");
    expect(await readdir(join(folder, "state"))).toEqual([]);
  }
});

test("it is not deleted when it is another's by now", async () => {
  const content = await ofLiving();
  await writeEnvFile(file, content);
  await removeEnvFile(file, ofDead);
  expect(await readFile(file, "utf8")).toBe(content);
});

test.each([
  ["a file of the user's", async () => writeFile(join(folder, "x"), "A=1\n"), "not by assay dev"],
  ["a folder", async () => mkdir(join(folder, "x")), /cannot be written \(EISDIR\)/],
  [
    "a link to nowhere",
    async () => symlink(join(folder, "nowhere"), join(folder, "x")),
    "is there already",
  ],
])("%s is left alone", async (_, make, message) => {
  await make();
  const before = await readdir(folder);
  await expect(writeEnvFile(join(folder, "x"), ofDead)).rejects.toThrow(message);
  expect(await readdir(folder)).toEqual(before);
});

test("a note stands beside the key alone", () => {
  expect(exportLines({ ASSAY_RPC: "http://x", ASSAY_PRIVATE_KEY: "0x1" })).toEqual([
    "export ASSAY_RPC=http://x",
    "export ASSAY_PRIVATE_KEY=0x1 # a development key, worth nothing",
  ]);
});
