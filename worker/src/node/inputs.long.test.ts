import { type Content, createMarketClient, memoryContent } from "@assay/sdk";
import { http } from "viem";
import { afterEach, expect, test } from "vitest";
import { startChain } from "../../../test/fixtures/chain.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { STAKE } from "../../test/disputes.ts";
import { accountOf, next, startedThings, startNode, startRequester } from "../../test/network.ts";

const started = startedThings();
afterEach(() => started.end());

// A content counts as not found after a minute.
test("a job whose inputs are served for the trial only is tried, and not claimed", async () => {
  const chain = await startChain();
  started.add(() => chain.stop());
  const requester = await startRequester(chain, started);
  const node = await startNode(chain, requester, started);
  const network = requester.peer.content;
  const inputs = numbered(4);
  const withheld = new Set(inputs.slice(1).map(String));
  const own = memoryContent();
  const content: Content = {
    ...network,
    put: (bytes, options) => (withheld.has(String(bytes)) ? own : network).put(bytes, options),
  };
  const market = createMarketClient({
    ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
    ...{ account: accountOf(chain, 1), content, pollingIntervalMs: 20 },
  });
  const ready = next(node, "job ready");
  const notWorkedOn = next(node, "batch not worked on yet");
  const job = await market.submitJob({
    ...{ program: echo.wasm, inputs, rewardPerTask: 10n ** 15n, batchSize: 4 },
    stakePerBatch: STAKE,
  });
  const { jobId } = job;
  expect(await ready).toMatchObject({ jobId });
  expect(await notWorkedOn).toMatchObject({ jobId, error: expect.stringContaining("No provider") });
  expect(await market.getBatches({ jobId, count: 1 })).toMatchObject([{ status: "open" }]);
  expect((await node.status()).chain?.holds).toMatchObject([
    { jobId, reason: expect.stringContaining("No provider") },
  ]);
});
