import { type BlockReceipts, createMarketClient } from "@assay/sdk";
import { createMPT } from "@ethereumjs/mpt";
import {
  bytesToHex,
  createPublicClient,
  type Hex,
  hexToBytes,
  http,
  numberToHex,
  parseEther,
  toRlp,
} from "viem";
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from "vitest";
import { startChain, type TestChain } from "../../../test/fixtures/chain.ts";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { accountOf } from "../../test/network.ts";
import { wrongInReceipts } from "./checkReceipts.ts";
import { unknownHabits } from "./habits.ts";
import { type Header, readHeader } from "./header.ts";
import { headerHash } from "./headerHash.ts";
import { receiptsRoot } from "./receiptsRoot.ts";
import { minimal } from "./rlpNumber.ts";
import { listRoot } from "./trieRoot.ts";

let chain: TestChain;
let header: Header;
let receipts: BlockReceipts;
const { signal } = new AbortController();

beforeAll(async () => {
  chain = await startChain();
  // One block with events that repeat each other's filter, transfers without any, and one of each kind of transaction.
  await chain.setAutomine(false);
  const node = createPublicClient({ chain: chain.chain, transport: http(chain.rpcUrl) });
  const staker = (index: number) =>
    createMarketClient({
      ...{ chain: chain.chain, transport: http(chain.rpcUrl), marketplace: chain.marketplace },
      ...{ account: accountOf(chain, index), pollingIntervalMs: 10 },
    });
  const deposits = [4, 5, 6].map((index) => staker(index).deposit({ amount: parseEther("1") }));
  const call = (method: string, params: unknown[]) => node.request({ method, params } as never);
  const from = accountOf(chain, 7).address;
  for (const fields of [{ gasPrice: numberToHex(10n ** 10n) }, { accessList: [] }, {}]) {
    await call("eth_sendTransaction", [{ from, to: from, value: "0x1", ...fields }]);
  }
  await vi.waitUntil(
    async () => (await node.getBlock({ blockTag: "pending" })).transactions.length === 6,
    { timeout: 240_000 },
  );
  await chain.mine(1);
  await Promise.all(deposits);
  await chain.setAutomine(true);
  header = await readHeader({ public: node } as never, undefined, signal);
  receipts = (await call("eth_getBlockReceipts", [numberToHex(header.number)])) as never;
});
afterAll(() => chain.stop());

const wrong = (given: unknown, habits = { ...unknownHabits(), rooted: true, filtered: true }) =>
  wrongInReceipts(given as BlockReceipts, { header, marketplace: chain.marketplace, habits });

test("a node's headers have their hashes, and its receipts their root, in whatever order they come", async () => {
  const node = createPublicClient({ chain: chain.chain, transport: http(chain.rpcUrl) });
  for (let blockNumber = 0n; blockNumber <= header.number; blockNumber++) {
    const block = await node.getBlock({ blockNumber });
    expect(headerHash(block)).toBe(block.hash);
  }
  expect(receipts.length).toBe(6);
  expect(new Set(receipts.map(({ type }) => type)).size).toBeGreaterThan(1);
  expect(receiptsRoot(receipts)).toBe(header.receiptsRoot);
  const habits = unknownHabits();
  expect(wrong(receipts.toReversed(), habits)).toBeUndefined();
  expect(habits.rooted).toBe(true);
  const none = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
  expect(receiptsRoot([])).toBe(none);
});

test.each([0, 1, 2, 16, 17, 127, 128, 129, 257, 1_000])(
  "the root of %i values is the one of a library for tries",
  async (length) => {
    const random = seededRandom(length);
    const values = Array.from({ length }, () => bytesToHex(random.bytes(1 + random.below(90))));
    const trie = await createMPT();
    for (const [i, value] of values.entries()) {
      await trie.put(hexToBytes(toRlp(minimal(i))), hexToBytes(value));
    }
    expect(listRoot(values)).toBe(bytesToHex(trie.root()));
  },
);

/** Everything that can be changed in a value of JSON, one thing at a time. */
function* changed(value: unknown, random: ReturnType<typeof seededRandom>): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      yield value.toSpliced(i, 1);
      yield value.toSpliced(i, 0, item);
      for (const other of changed(item, random)) yield value.with(i, other);
    }
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const other of changed(item, random)) yield { ...value, [key]: other };
    }
  } else {
    yield null;
    yield 7;
    if (typeof value === "string" && value.length > 3) {
      const at = 2 + random.below(value.length - 2);
      const digit = (Number.parseInt(value.charAt(at), 16) ^ (1 + random.below(15))).toString(16);
      yield `${value.slice(0, at)}${digit}${value.slice(at + 1)}`;
      yield value.slice(0, -1);
    }
  }
}

/** What neither the header commits to nor events are made of. */
const IDLE =
  /^(gasUsed|effectiveGasPrice|blobGasPrice|blobGasUsed|from|to|contractAddress|blockNumber|blockTimestamp|removed)$/;

test("whatever is changed in the receipts of a block is noticed", async () => {
  const random = seededRandom();
  onTestFailed(() => console.log(`SEED=${random.seed}`));
  const bare = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(bare)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .filter(([key]) => !IDLE.test(key) || key === "gasUsed")
              .map(([key, item]) => [key, bare(item)]),
          )
        : value;
  const plain = bare(receipts);
  expect(wrong(plain)).toBeUndefined();
  let count = 0;
  for (const other of changed(plain, random)) {
    let said: string | undefined;
    try {
      said = wrong(other);
    } catch (error) {
      said = (error as { code: string }).code;
    }
    // Where it is written twice, the header's is what counts.
    const differs = JSON.stringify(consensus(other)) !== JSON.stringify(consensus(plain));
    if (differs) expect(said, JSON.stringify(other)).toEqual(expect.any(String));
    count++;
  }
  expect(count).toBeGreaterThan(250);
});

/** What the root is made of; a receipt that cannot be read has to be refused in any case. */
function consensus(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((receipt) => {
    if (typeof receipt !== "object" || receipt === null) return receipt;
    const { status, cumulativeGasUsed, logsBloom, logs, type, transactionHash } = receipt;
    const content = Array.isArray(logs)
      ? logs.map((log: Record<string, Hex>) => log && [log.address, log.topics, log.data])
      : logs;
    return [status, cumulativeGasUsed, logsBloom, content, type, transactionHash];
  });
}

test("without a root that ever held, logs that are missing are noticed by their numbers and the filter", async () => {
  const habits = () => ({ ...unknownHabits(), filtered: true });
  const without = (i: number) =>
    receipts.map((receipt, at) => (at === i ? { ...receipt, logs: [] } : receipt));
  const odd = { ...header, receiptsRoot: `0x${"00".repeat(32)}` } as const;
  const given = (list: BlockReceipts) =>
    wrongInReceipts(list, { header: odd, marketplace: chain.marketplace, habits: habits() });
  expect(given(receipts)).toBeUndefined();
  const withLogs = receipts.flatMap(({ logs }, i) => (logs.length > 0 ? [i] : []));
  expect(withLogs).toHaveLength(3);
  for (const i of withLogs) expect(given(without(i))).toEqual(expect.any(String));
  expect(given(receipts.slice(1))).toEqual(expect.any(String));
});
