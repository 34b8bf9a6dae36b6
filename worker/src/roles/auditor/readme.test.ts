import { readFile } from "node:fs/promises";
import * as runners from "@assay/runners";
import { createJuryClient, Outcome, putBytes } from "@assay/sdk";
import { expect, test } from "vitest";
import { localJuryParameters } from "../../../../test/fixtures/chain.ts";
import { startMarket, workBatch } from "../../../../test/fixtures/market.ts";
import { echo, numbered } from "../../../../test/fixtures/programs.ts";

test("the SDK's example finds what is wrong with the executor, and challenges it", async () => {
  const readme = await readFile(new URL("../../../../sdk/README.md", import.meta.url), "utf8");
  const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
  const example = examples.find((text) => text.includes("job.audit")) ?? "";
  expect(example.match(/^import .*$/gm)).toHaveLength(1);

  await using market = await startMarket();
  const { chain, requester, workers } = market;
  const blocks = setInterval(() => void chain.mine(1), 50);
  try {
    const jury = await chain.deployJury();
    for (const index of [17, 18, 19]) {
      const juror = createJuryClient(market.client(index), jury);
      await juror.deposit({ amount: localJuryParameters.ticketWei });
    }
    await chain.increaseTime(localJuryParameters.epochSeconds);
    const job = await requester.submitJob({
      ...{ program: echo.wasm, inputs: numbered(4), batchSize: 2, rewardPerTask: 1000n },
      arbiter: jury,
    });
    const [liar, honest] = workers;
    await workBatch(honest, job, 0);
    await workBatch(liar, job, 1, async (entries, content) => {
      const cid = await putBytes(content, Uint8Array.of(66));
      entries.fill({ outcome: Outcome.ok, cid, byteLength: 1 });
    });
    const printed: string[] = [];
    const scope = {
      ...{ ...runners, job, program: echo.wasm },
      console: { log: (line: string) => printed.push(line) },
    };
    const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
    const body = example.replace(/^import .*$/gm, "");
    await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope));
    const [state] = await requester.getBatches({ jobId: job.jobId, first: 1, count: 1 });
    expect(state?.status).toBe("questioned");
    const [asked] = await requester.getPendingQuestions({ jobId: job.jobId, batch: 1 });
    const address = liar.wallet?.account.address;
    expect(printed).toEqual([
      expect.stringMatching(new RegExp(`^task [23] of ${address} is wrong$`)),
      `dispute ${asked?.dispute}`,
    ]);
  } finally {
    clearInterval(blocks);
  }
});
