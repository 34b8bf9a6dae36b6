import type { JobHandle } from "@assay/sdk";
import { type Hex, parseEther } from "viem";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestChain } from "../../../test/fixtures/chain.ts";
import { type Fault, startFaultyRpc } from "../../../test/fixtures/faultyRpc.ts";
import { longTest } from "../../../test/fixtures/long.ts";
import { echo, numbered } from "../../../test/fixtures/programs.ts";
import { marketForEachTest } from "../../../worker/test/market.ts";
import {
  accountOf,
  type NodeProcess,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../worker/test/network.ts";

let chain: TestChain;
let requester: Requester;
let dataDir: string;
const forTest = marketForEachTest((market) => {
  ({ chain, requester } = market);
});
beforeEach(async () => {
  dataDir = await temporaryFolder(forTest);
});

const reward = parseEther("0.001");

/** A worker process at the end of this RPC. */
function startWorker(rpcUrl = chain.rpcUrl): NodeProcess {
  const { argv, environment } = workerArguments(chain, requester, { dataDir });
  const withRpc = argv.map((value, i) => (argv[i - 1] === "--rpc" ? rpcUrl : value));
  return startCli(withRpc, forTest, environment);
}

function post(): Promise<JobHandle> {
  return requester.market.submitJob({
    ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: reward, batchSize: 2 },
  });
}

/** The batch is submitted, settled and paid; the account's transactions are those of one life, and all went well. */
async function expectOneLife(node: NodeProcess, job: JobHandle): Promise<void> {
  await node.line("batch submitted");
  await chain.increaseTime(job.terms.challengeWindowSeconds);
  const { amountWei } = await node.line("credit withdrawn");
  expect(amountWei).toBe(String(2n * reward));
  const { address } = accountOf(chain, 2);
  // Deposit, claim, submit, settle, withdraw.
  expect(await requester.market.public.getTransactionCount({ address })).toBe(5);
}

describe("killed with a transaction on its way that is then lost, a node sends the same again, once", () => {
  test("when it vanished from the pool", async () => {
    const before = startWorker();
    await before.line("node started");
    await chain.setAutomine(false);
    const posting = post();
    await expect.poll(() => waitingOf(1)).toHaveLength(1);
    await chain.mine(1);
    const job = await posting;
    await expect.poll(() => waitingOf(2)).toHaveLength(1);
    const [claim = "0x"] = await waitingOf(2);
    before.kill("SIGKILL");
    await before.exit;
    await chain.dropTransaction(claim);
    await chain.setAutomine(true);

    const after = startWorker();
    expect(await after.line("transaction sent again")).toMatchObject({
      ...{ action: "claim", hash: claim, nonce: 1 },
    });
    await expectOneLife(after, job);
  });

  longTest.each(["claim", "submit"])(
    "when the %s never got to the chain's node",
    async (action) => {
      await using proxy = await startFaultyRpc(chain.rpcUrl);
      const before = startWorker(proxy.url);
      await before.line("node started");
      // Of those after the deposit, the first is the claim and the second the submission.
      proxy.misbehave(hangingAt(action === "claim" ? 0 : 1));
      const job = await post();
      await expect.poll(() => sentAfterStart(proxy.calls)).toBe(action === "claim" ? 2 : 3);
      before.kill("SIGKILL");
      await before.exit;

      const after = startWorker();
      expect(await after.line("transaction sent again")).toMatchObject({ action });
      await expectOneLife(after, job);
    },
  );

  const isSend = ({ method }: { method: string }) => method === "eth_sendRawTransaction";
  const sentAfterStart = (calls: readonly { method: string }[]) => calls.filter(isSend).length;

  /** The `n`-th sending from now on, and all after it, never gets an answer, nor to the node. */
  function hangingAt(n: number): Fault {
    let sent = 0;
    return (call) => (isSend(call) && sent++ >= n ? { http: "hang" } : undefined);
  }

  /** Transactions of an account that wait to be mined. */
  async function waitingOf(index: number): Promise<Hex[]> {
    const { address } = accountOf(chain, index);
    const { transactions } = await requester.market.public.getBlock({
      ...{ blockTag: "pending", includeTransactions: true },
    });
    return transactions.filter(({ from }) => from === address.toLowerCase()).map((t) => t.hash);
  }
});
