import { bytesToHex, type Hex, zeroHash } from "viem";
import { beforeAll, describe, expect, onTestFailed, test } from "vitest";
import { nextToShow } from "../../../sdk/src/program/machine/index.ts";
import { memoryContent } from "../../../sdk/src/protocol/content/memoryContent.ts";
import { putBytes } from "../../../sdk/src/protocol/content/putBytes.ts";
import { seededRandom } from "../../fixtures/random.ts";
import { type DisputeTuple, idOf } from "../dispute.ts";
import { hashLeaf } from "../results.ts";
import {
  CLOCK_SECONDS,
  deploy,
  FEE,
  type KnownTask,
  knownTask,
  type leafArgument,
  openDispute,
  Ruling,
  rulingOf,
  type Table,
} from "./players.ts";

// On the ground of an unavailable result, the challenger names chunks of it, and the worker shows them.

const MIB = 1 << 20;
/** The most that a transaction of a dispute takes. */
const MOST_GAS = 320_000n;

let known: KnownTask;
let table: Table;
beforeAll(async () => {
  known = await knownTask();
  table = await deploy({ hardfork: "cancun" });
});

const bytesOf = (length: number) =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 10)) % 256);

interface Opened {
  dispute: DisputeTuple;
  result: ReturnType<typeof leafArgument>;
}

/** A dispute about a result that the challenger cannot fetch. */
async function openUnavailable(bytes: Uint8Array): Promise<Opened> {
  const cid = await putBytes(memoryContent(), bytes);
  const entry = { outcome: "ok", cid, byteLength: bytes.length } as const;
  const { dispute, beginning } = await openDispute(table, known, entry, {
    ...{ ground: 2, answer: zeroHash },
  });
  return { dispute, result: beginning.result };
}

const ask = ({ dispute, result }: Opened, chunks: readonly number[], by = table.challenger) =>
  table.send(by, "ask", [dispute, result, chunks]);

type ChunkRequest = Parameters<typeof nextToShow>[1];
const requestOf = async ({ dispute }: Opened) =>
  (await table.read("request", [idOf(dispute)])) as ChunkRequest;

const show = ({ dispute, result }: Opened, place: number, witness: Hex, by = table.worker) =>
  table.send(by, "show", [dispute, result, place, witness]);

/** The worker shows what is missing, to the end. */
async function showAll(opened: Opened, bytes: Uint8Array) {
  let [calls, most] = [0, 0n];
  for (;;) {
    const next = nextToShow(bytes, await requestOf(opened));
    if (next === undefined) return { calls, most };
    const gas = await show(opened, next.place, next.witness);
    calls += 1;
    if (gas > most) most = gas;
  }
}

describe("a worker that has the result shows it", () => {
  test.each([
    ["nothing", 0, [0], 1],
    ["a byte", 1, [0], 1],
    ["a whole chunk", 1_024, [0], 1],
    ["a last chunk of a byte", 5 * 1_024 + 1, [0, 3, 5], 3],
    ["1 MiB", MIB, [0, 1, 511, 512, 513, 800, 1_022, 1_023], 8],
    // One link for both chunks of a block.
    ["3 MiB and a byte", 3 * MIB + 1, [5, 1_023, 1_024, 3_072], 7],
    // The link to block 42 begins in the second chunk of the root and ends in the third.
    ["43 MiB and a bit", 43 * MIB + 1_500, [42 * 1_024 + 7, 43 * 1_024 + 1], 5],
  ])("%s", async (_, length, chunks, calls) => {
    const bytes = bytesOf(length);
    const opened = await openUnavailable(bytes);
    expect(await ask(opened, chunks)).toBeLessThan(MOST_GAS);
    const before = (await table.read("credit", [table.worker.account.address])) as bigint;
    const shown = await showAll(opened, bytes);
    expect(shown.calls).toBe(calls);
    expect(shown.most).toBeLessThan(MOST_GAS);
    expect(await rulingOf(table, opened.dispute)).toBe(Ruling.challengeFailed);
    expect(await table.read("credit", [table.worker.account.address])).toBe(before + FEE);
    await expect(show(opened, 0, "0x")).rejects.toThrow("WrongStage");
  });
});

test("in any order, and a link has to be shown anew after another block's", async () => {
  const bytes = bytesOf(2 * MIB + 9);
  const opened = await openUnavailable(bytes);
  await ask(opened, [3, 1_030, 2_048]);
  const only = async (place: number) => {
    const request = await requestOf(opened);
    return nextToShow(bytes, { ...request, missing: 1 << place });
  };
  const showOne = async (place: number) => {
    const next = await only(place);
    if (next === undefined) throw new Error("nothing is missing");
    await show(opened, place, next.witness);
    return next.witness;
  };
  await showOne(2); // the link
  const link = await showOne(1); // another link
  const chunk = (await only(1))?.witness ?? "0x";
  await expect(show(opened, 2, chunk)).rejects.toThrow("WrongChunk");
  await expect(show(opened, 1, link)).rejects.toThrow("WitnessTooShort");
  for (const place of [2, 2, 0, 0, 1, 1]) await showOne(place);
  expect(await rulingOf(table, opened.dispute)).toBe(Ruling.challengeFailed);
});

describe("who does not move loses", () => {
  const timeOut = ({ dispute }: Opened) => table.send(table.stranger, "timeOut", [dispute]);

  test("a challenger that names nothing", async () => {
    const opened = await openUnavailable(bytesOf(9));
    await expect(timeOut(opened)).rejects.toThrow("TimeIsLeft");
    await table.passTime(CLOCK_SECONDS);
    await expect(ask(opened, [0])).rejects.toThrow("TimeIsUp");
    await timeOut(opened);
    expect(await rulingOf(table, opened.dispute)).toBe(Ruling.challengeFailed);
  });

  test("a worker that shows all but one", async () => {
    const bytes = bytesOf(2_048);
    const opened = await openUnavailable(bytes);
    await ask(opened, [0, 1]);
    // Its clock goes on: it does not begin anew with each chunk.
    await table.passTime(CLOCK_SECONDS - 60);
    await show(opened, 0, nextToShow(bytes, await requestOf(opened))?.witness ?? "0x");
    await table.passTime(61);
    const late = nextToShow(bytes, await requestOf(opened));
    await expect(show(opened, 1, late?.witness ?? "0x")).rejects.toThrow("TimeIsUp");
    await timeOut(opened);
    expect(await rulingOf(table, opened.dispute)).toBe(Ruling.workerWrong);
  });

  test("a worker whose result has a name under which nothing can be shown", async () => {
    const bytes = bytesOf(100);
    const { cid } = await openUnavailable(bytes).then(({ result }) => result);
    for (const [prefix, byteLength] of [
      ["0x01551220", 100], // SHA-256
      ["0x01711e20", 100], // a root of one block
      ["0x01551e20", MIB + 1], // a block that is too long
    ] as const) {
      const opened = await openWith({ ...cid, prefix }, byteLength);
      await ask(opened, [0]);
      await expect(show(opened, 0, bytesToHex(bytes))).rejects.toThrow("WrongPart");
      await table.passTime(CLOCK_SECONDS);
      await timeOut(opened);
      expect(await rulingOf(table, opened.dispute)).toBe(Ruling.workerWrong);
    }
  });

  test("a worker that committed to another length", async () => {
    const bytes = bytesOf(2_048);
    const { cid } = await openUnavailable(bytes).then(({ result }) => result);
    for (const [byteLength, chunk] of [
      [2_047, 1],
      [2_049, 2],
      [1_024, 0],
    ] as const) {
      const opened = await openWith(cid, byteLength);
      await ask(opened, [chunk]);
      const claimed = bytesOf(byteLength);
      const next = nextToShow(claimed, await requestOf(opened));
      await expect(show(opened, 0, next?.witness ?? "0x")).rejects.toThrow("WrongChunk");
    }
  });
});

/** A dispute about a leaf that no machine gives. */
async function openWith(cid: { prefix: Hex; digest: Hex }, byteLength: number): Promise<Opened> {
  const result = { position: 0, outcome: 1, cid, byteLength };
  const { dispute } = await openDispute(
    table,
    known,
    { outcome: "trap" },
    { ground: 2, answer: zeroHash, resultLeaf: hashLeaf(result) },
  );
  return { dispute, result };
}

describe("what is refused", () => {
  test("chunks that do not exist, twice, too many or none", async () => {
    const opened = await openUnavailable(bytesOf(9 * 1_024 + 1));
    for (const chunks of [[10], [0, 10], [3, 3], [4, 3], [2 ** 32 - 1]]) {
      await expect(ask(opened, chunks)).rejects.toThrow("NoSuchChunk");
    }
    for (const chunks of [[], [0, 1, 2, 3, 4, 5, 6, 7, 8]]) {
      await expect(ask(opened, chunks)).rejects.toThrow("WrongCount");
    }
    await ask(opened, [9]);
    const empty = await openUnavailable(bytesOf(0));
    await expect(ask(empty, [1])).rejects.toThrow("NoSuchChunk");
  });

  test("moves of others, at another stage, or about another result", async () => {
    const bytes = bytesOf(3_000);
    const opened = await openUnavailable(bytes);
    const { dispute, result } = opened;
    await expect(show(opened, 0, "0x")).rejects.toThrow("WrongStage");
    for (const by of [table.worker, table.stranger]) {
      await expect(ask(opened, [0], by)).rejects.toThrow("NotYourTurn");
    }
    await expect(ask({ dispute, result: { ...result, byteLength: 9_000 } }, [0])).rejects.toThrow(
      "WrongPart",
    );
    await ask(opened, [1]);
    await expect(ask(opened, [1])).rejects.toThrow("WrongStage");
    const { witness = "0x" } = nextToShow(bytes, await requestOf(opened)) ?? {};
    for (const by of [table.challenger, table.stranger]) {
      await expect(show(opened, 0, witness, by)).rejects.toThrow("NotYourTurn");
    }
    for (const place of [1, 8, 255]) {
      await expect(show(opened, place, witness)).rejects.toThrow("NotMissing");
    }
    const elsewhere = { dispute, result: { ...result, byteLength: 2_999 } };
    await expect(show(elsewhere, 0, witness)).rejects.toThrow("WrongPart");
    await expect(show(opened, 0, `${witness}00`)).rejects.toThrow("WitnessTooLong");
    await expect(show(opened, 0, witness.slice(0, -2) as Hex)).rejects.toThrow("WitnessTooShort");
    // A game of hashes is another one.
    const hashes = Array.from({ length: 16 }, () => zeroHash);
    await expect(table.send(table.worker, "move", [dispute, hashes, 0, hashes])).rejects.toThrow(
      "WrongStage",
    );
    await show(opened, 0, witness);
  });

  test("a witness of which one bit is changed", async () => {
    const random = seededRandom();
    onTestFailed(() => console.error(`SEED=${random.seed}`));
    const bytes = bytesOf(2 * MIB + 3_000);
    const opened = await openUnavailable(bytes);
    await ask(opened, [2_049]);
    for (let next = nextToShow(bytes, await requestOf(opened)); next !== undefined; ) {
      const size = next.witness.length / 2 - 1;
      for (let i = 0; i < 10; i++) {
        const at = 2 + 2 * random.below(size);
        const byte = Number.parseInt(next.witness.slice(at, at + 2), 16) ^ (1 << random.below(8));
        const changed = byte.toString(16).padStart(2, "0");
        const witness =
          `${next.witness.slice(0, at)}${changed}${next.witness.slice(at + 2)}` as Hex;
        await expect(show(opened, next.place, witness)).rejects.toThrow("WrongChunk");
      }
      await show(opened, next.place, next.witness);
      next = nextToShow(bytes, await requestOf(opened));
    }
    expect(await rulingOf(table, opened.dispute)).toBe(Ruling.challengeFailed);
  });
});
