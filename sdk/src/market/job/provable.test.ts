import { CID } from "multiformats/cid";
import { create } from "multiformats/hashes/digest";
import { zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMarket, type TestMarket } from "../../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../../test/fixtures/programs.ts";
import { MAX_PROVABLE_BYTES, machineOf } from "../../program/machine/index.ts";
import { cidOf } from "../../protocol/cid/cidOf.ts";
import type { Content } from "../../protocol/content/content.ts";
import { memoryContent } from "../../protocol/content/memoryContent.ts";
import { isProofArbiter } from "../actions/read/isProofArbiter.ts";
import type { SubmitJobProgress } from "./submitJob.ts";

let market: TestMarket;
const arbiters = { jury: "0x", proof: "0x" } as Record<"jury" | "proof", `0x${string}`>;
beforeAll(async () => {
  market = await startMarket();
  arbiters.jury = await market.chain.deployJury();
  arbiters.proof = await market.chain.deployProof();
});
afterAll(() => market[Symbol.asyncDispose]());

const job = { program: echo.wasm, inputs: numbered(2), rewardPerTask: 7n };
const { root } = machineOf(echo.wasm);
/** Names by BLAKE3, and by the hash that others use. */
const blake3Cid = cidOf(Uint8Array.of(1));
const sha256Cid = CID.createV1(0x55, create(0x12, blake3Cid.multihash.digest));

test("a proof arbiter is told from a jury, and from what is no contract", async () => {
  const is = (arbiter: `0x${string}`) => isProofArbiter(market.requester, { arbiter });
  expect(await is(arbiters.proof)).toBe(true);
  expect(await is(arbiters.jury)).toBe(false);
  expect(await is(market.chain.marketplace)).toBe(false);
  expect(await is(`0x${"ab".repeat(20)}`)).toBe(false);
});

describe("a job names its program's machine", () => {
  test("whoever its arbiter is, and says so", async () => {
    const steps: SubmitJobProgress[] = [];
    const posted = await market.requester.submitJob({
      ...job,
      onProgress: (step) => steps.push(step),
    });
    expect(posted.spec.machineRoot).toBe(root);
    expect(steps[0]).toMatchObject({ type: "machineNamed", machineRoot: root, reason: undefined });
    const proved = await market.requester.submitJob({ ...job, arbiter: arbiters.proof });
    expect(proved.spec.machineRoot).toBe(root);
  });

  test("and no other; one that is not to be proved names none", async () => {
    const other = `0x${"ab".repeat(32)}` as const;
    for (const machineRoot of [other, "0x12", 7 as never] as const) {
      await expect(market.requester.submitJob({ ...job, machineRoot })).rejects.toMatchObject({
        code: "TERMS_INVALID",
      });
    }
    const given = await market.requester.submitJob({
      ...job,
      machineRoot: root.toUpperCase().replace("0X", "0x") as `0x${string}`,
    });
    expect(given.spec.machineRoot).toBe(root);
    const none = await market.requester.submitJob({ ...job, machineRoot: zeroHash });
    expect(none.spec.machineRoot).toBe(zeroHash);
  });
});

describe("what a proof arbiter could never decide about is refused before anything is stored", () => {
  const isRefused = async (options: object) => {
    let stored = 0;
    const own = memoryContent();
    const content: Content = {
      ...own,
      put(bytes, given) {
        stored += 1;
        return own.put(bytes, given);
      },
    };
    const client = market.client(1, { content });
    const submitted = client.submitJob({ ...job, arbiter: arbiters.proof, ...options });
    await expect(submitted).rejects.toMatchObject({ code: "JOB_UNPROVABLE" });
    return stored;
  };

  test.each([
    ["a job without a machine", { machineRoot: zeroHash }],
    ["results that are too long", { maxResultBytes: MAX_PROVABLE_BYTES + 1 }],
    ["an input named by another hash than BLAKE3", { inputs: [{ cid: sha256Cid, byteLength: 1 }] }],
    [
      "an input that is too long",
      { inputs: [{ cid: blake3Cid, byteLength: MAX_PROVABLE_BYTES + 1 }] },
    ],
  ])("%s", async (_, options) => {
    expect(await isRefused(options)).toBe(0);
  });

  test("inputs of a stream as they come", async () => {
    async function* inputs() {
      yield Uint8Array.of(1);
      yield { cid: sha256Cid, byteLength: 1 };
    }
    expect(await isRefused({ inputs: inputs() })).toBeGreaterThan(0);
  });
});
