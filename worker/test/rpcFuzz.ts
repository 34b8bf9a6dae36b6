import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createMarketClient, type MarketEvent, memoryContent } from "@assay/sdk";
import { createPublicClient, custom, http, type Transport } from "viem";
import { startChain, type TestChain } from "../../test/fixtures/chain.ts";
import { mutate } from "../../test/fixtures/mutate.ts";
import { echo, numbered } from "../../test/fixtures/programs.ts";
import type { Random } from "../../test/fixtures/random.ts";
import { type ChainHabits, unknownHabits } from "../src/chain/habits.ts";
import { readHeader } from "../src/chain/header.ts";
import { readStep } from "../src/chain/readBlocks.ts";
import type { BlockRef } from "../src/store/blockStore.ts";

type Answer = { result: unknown } | { error: unknown };
type Call = { method: string; params?: unknown };

/** One way in which a node's answers are not as they should be: those to a method, one of them or all. */
interface Flaw {
  method: string;
  only: number | undefined;
  alter: (answer: Answer) => Answer;
}

/** Longest time of one input, in milliseconds: none asks for anything that is not at hand. */
const MOST_MS = 10_000;

export interface RpcFuzz {
  /** Reads the chain's last blocks with one flaw in what the node says. */
  run(random: Random): Promise<"the same" | "told" | "refused">;
}

/**
 * Reads a chain's blocks from answers that were written down, as if from a node.
 *
 * @throws what is thrown of a wrong result that nobody was told of.
 */
export async function createRpcFuzz(chain: TestChain, fromBlock: bigint): Promise<RpcFuzz> {
  const answers = new Map<string, Answer>();
  const real = createPublicClient({ transport: http(chain.rpcUrl) });
  const recorded = custom({
    async request(call: Call) {
      const key = JSON.stringify(call);
      const known = answers.get(key);
      if (known !== undefined) return (known as { result: unknown }).result;
      const result: unknown = await real.request(call as never);
      answers.set(key, { result });
      return result;
    },
  });
  const expected = await readAll(chain, recorded, fromBlock, unknownHabits());
  if (expected.events.length === 0) throw new TypeError("there is nothing to lose");
  const learned = unknownHabits();
  await readAll(chain, recorded, fromBlock, learned);
  const methods = [...new Set([...answers.keys()].map((key) => JSON.parse(key).method as string))];

  /** The node as it was, but for the flaw. */
  function flawed({ method, only, alter }: Flaw): Transport {
    let asked = 0;
    return custom(
      {
        async request(call: Call) {
          const known = answers.get(JSON.stringify(call)) ?? { error: { code: -32601 } };
          const isMeant = call.method === method && (only === undefined || only === asked++);
          const answer = isMeant ? alter(known) : known;
          if ("error" in answer) throw answer.error;
          return answer.result;
        },
      },
      { retryCount: 0 },
    );
  }

  return {
    async run(random) {
      const method = methods[random.below(methods.length)] ?? "";
      const only = random.below(3) === 0 ? undefined : random.below(6);
      const isError = random.below(8) === 0;
      const alter = (answer: Answer): Answer => {
        if (isError) return { error: Object.assign(new Error(), errorOf(random)) };
        let { result } = answer as { result: unknown };
        for (let i = random.below(3); i >= 0; i--) result = mutate(result, random);
        return { result };
      };
      const isKnownChain = random.below(2) === 0;
      const habits = isKnownChain ? { ...learned } : unknownHabits();
      const what = `answer ${only ?? "any"} to ${method}, ${isKnownChain ? "a" : "no"} known chain`;
      const begunAt = performance.now();
      const read = await readAll(chain, flawed({ method, only, alter }), fromBlock, habits).catch(
        (error: unknown) => {
          if (error instanceof Error) return undefined;
          throw error;
        },
      );
      const tookMs = performance.now() - begunAt;
      if (tookMs > MOST_MS) throw new Error(`${what}: ${tookMs} ms`);
      if (read === undefined) return "refused";
      if (read.told > 0) return "told";
      // A head that is too early delays what comes after it, and loses nothing: the follower waits for a later one, and says so.
      const due = expected.events.filter(({ blockNumber }) => blockNumber <= read.head);
      if (toText(read.events) !== toText(due)) {
        throw new Error(`${what}: other events, and nobody was told`);
      }
      const isWhole = isKnownChain && read.head === expected.head;
      if (isWhole && toText(read.blocks) !== toText(expected.blocks)) {
        throw new Error(`${what}: other blocks, and nobody was told`);
      }
      return "the same";
    },
  };
}

async function readAll(
  { chain, marketplace }: TestChain,
  transport: Transport,
  fromBlock: bigint,
  habits: ChainHabits,
): Promise<{ head: bigint; events: MarketEvent[]; blocks: BlockRef[]; told: number }> {
  const client = createMarketClient({ chain, transport, marketplace });
  const { signal } = new AbortController();
  const head = await readHeader(client, undefined, signal, habits);
  const events: MarketEvent[] = [];
  const blocks: BlockRef[] = [];
  let told = 0;
  for (let from = fromBlock; from <= head.number; ) {
    const step = await readStep(
      client,
      {
        ...{ from, last: head.number, head, before: blocks.at(-1), maxReorgDepth: 2, habits },
        onMissingLogs: () => {},
        onUnchecked: () => void told++,
      },
      signal,
    );
    events.push(...step.events);
    blocks.push(...step.blocks);
    from = step.nextBlock;
  }
  return { head: head.number, events, blocks, told };
}

function errorOf(random: Random): object {
  const codes = [-32000, -32005, -32601, -32602, -32603, 3, 4444, 429, 0, undefined, null, "x"];
  const messages = ["", "header not found", "block range too large", "rate limited", undefined, {}];
  const of = <T>(list: readonly T[]) => list[random.below(list.length)];
  return { code: of(codes), message: of(messages), data: of([undefined, "0x", { a: [1] }]) };
}

function toText(value: unknown): string {
  return JSON.stringify(value, (_, item) =>
    typeof item === "bigint" ? `${item}n` : item?.code && item?.bytes ? String(item) : item,
  );
}

/** Bytes of the heap that something still needs: what is garbage is collected first. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

/** Bytes that may be held at the end and were not before. */
const MOST_BYTES = 200 << 20;

/** So many inputs, of a chain with all kinds of events. */
export async function fuzzRpc(
  random: Random,
  inputs: number,
): Promise<Record<Awaited<ReturnType<RpcFuzz["run"]>>, number>> {
  const counts = { "the same": 0, told: 0, refused: 0 };
  const chain = await startChain();
  let rejected: unknown;
  const onRejection = (error: unknown) => {
    rejected = error;
  };
  process.on("unhandledRejection", onRejection);
  try {
    const client = (index: number) =>
      createMarketClient({
        ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
        ...{ account: chain.accounts[index], content: memoryContent(), pollingIntervalMs: 10 },
      });
    const { blockNumber } = await client(2).deposit({ amount: 10n ** 18n });
    const job = await client(1).submitJob({
      ...{ program: echo.wasm, inputs: numbered(2), rewardPerTask: 1n, batchSize: 2 },
    });
    await client(2).claim({ terms: job.terms, batch: 0 });
    await client(3).deposit({ amount: 1n });
    await chain.mine(2);
    const fuzz = await createRpcFuzz(chain, blockNumber);
    const before = heldBytes();
    for (let i = 0; i < inputs; i++) {
      counts[await fuzz.run(random)]++;
      if (rejected !== undefined) throw new Error(`input ${i}: a rejection`, { cause: rejected });
    }
    const held = heldBytes() - before;
    if (held > MOST_BYTES) throw new Error(`${held} bytes are held`);
    return counts;
  } finally {
    process.off("unhandledRejection", onRejection);
    await chain.stop();
  }
}
