import { randomBytes } from "node:crypto";
import { compileProgram } from "@assay/sdk/compile";
import { type Assay, createAssay } from "assay";
import { CID } from "multiformats/cid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Kubo, kuboBinary, startKubo } from "../../network/test/kubo.ts";
import { accountOf, startedThings, startNode } from "../../worker/test/network.ts";
import { startChain, type TestChain } from "../fixtures/chain.ts";

// Inputs that somebody has in Kubo, added by its own command, and results that are read there.

const binary = kuboBinary();
if (binary === undefined) {
  process.stderr.write("Kubo is not tested: put ipfs on the PATH, or name it in KUBO_BINARY.\n");
}
/** What gives a file of up to 1 MiB a name that Assay admits. */
const AS_A_BLOCK = ["--cid-version=1", "--hash=blake3", "--raw-leaves", "--chunker=size-1048576"];

describe.runIf(binary !== undefined)("a job whose inputs are in Kubo", () => {
  const started = startedThings();
  let kubo: Kubo;
  let chain: TestChain;
  let requester: Assay;
  let program: Uint8Array;
  beforeAll(async () => {
    // A megabyte goes through it.
    program = await compileProgram({
      source: "export function main(input: Uint8Array): Uint8Array { return input; }",
    });
    kubo = await startKubo(binary ?? "");
    started.add(() => kubo.stop());
    chain = await startChain();
    started.add(() => chain.stop());
    requester = await open(["helia", "kubo"]);
    const content = { backends: ["helia", "kubo"], kuboRpc: kubo.rpc } as const;
    await startNode(chain, { peer: requester.peer, market: requester }, started, { content });
  });
  afterAll(() => started.end());

  async function open(backends: ("helia" | "kubo")[]): Promise<Assay> {
    const assay = await createAssay({
      ...{ rpc: chain.rpcUrl, marketplace: chain.marketplace, account: accountOf(chain, 1) },
      ...{ content: { backends, kuboRpc: kubo.rpc }, bootstrap: [] },
    });
    started.add(() => assay.close());
    return assay;
  }
  const add = async (bytes: Uint8Array, options: readonly string[]) =>
    CID.parse(String(await kubo.run(["add", "--quieter", ...options], bytes)).trim());
  const rewardPerTask = 10n ** 15n;

  test("is computed, and its results are read through Kubo alone", async () => {
    const files = [randomBytes(1), randomBytes(300_000), randomBytes(1 << 20)];
    const inputs = [];
    for (const file of files) inputs.push(await add(file, AS_A_BLOCK));
    const { jobId } = await requester.submitJob({ program, inputs, rewardPerTask });

    const reader = await open(["kubo"]);
    const job = await reader.openJob({ jobId });
    for await (const result of job.results()) {
      if (result.outcome !== "ok") throw new Error(result.outcome);
      const file = files[result.position] ?? Buffer.alloc(0);
      expect(Buffer.compare(result.bytes, file)).toBe(0);
      // Its user reads it by the command, too.
      expect(Buffer.compare(await kubo.run(["cat", String(result.cid)]), file)).toBe(0);
    }
  });

  test.each<[string, number, string[]]>([
    ["as Kubo does by itself", 1_000, []],
    ["in several blocks", 3 << 20, AS_A_BLOCK],
    ["under another hash", 1_000, ["--cid-version=1", "--raw-leaves", "--hash=sha2-512"]],
  ])(
    "is refused for a file that is added %s, and says how it is added",
    async (_, size, options) => {
      const cid = await add(randomBytes(size), options);
      const submitted = requester.submitJob({ program, inputs: [cid], rewardPerTask });
      await expect(submitted).rejects.toMatchObject({
        code: "CID_UNSUPPORTED",
        message: expect.stringMatching(/CIDv1, codec raw or dag-cbor, blake3 or sha2-256/),
      });
      if (cid.code === 0x70) {
        await expect(submitted).rejects.toThrow(`ipfs add ${AS_A_BLOCK.slice(0, 1).join(" ")}`);
      }
    },
  );
});
