import { bytesToHex, encodeAbiParameters, getAbiItem, type Hex, keccak256, zeroHash } from "viem";
import { beforeAll, expect, test } from "vitest";
import { instructionVerifierAbi } from "../../../sdk/src/generated/instructionVerifierAbi.ts";
import {
  type ChunksToShow,
  firstExponent,
  nextToShow,
  taskArgument,
} from "../../../sdk/src/program/machine/index.ts";
import { rootOf } from "../../../sdk/src/program/machine/task/larger.ts";
import { memoryContent } from "../../../sdk/src/protocol/content/memoryContent.ts";
import { putBytes } from "../../../sdk/src/protocol/content/putBytes.ts";
import { idOf } from "../dispute.ts";
import { packed } from "../storage.ts";
import {
  CLOCK_SECONDS,
  deploy,
  FEE,
  honest,
  type KnownTask,
  knownTask,
  openDispute,
  Ruling,
  type Table,
} from "./players.ts";
import { creditSlot, gameSlot, requestSlot, Stage, wordsFrom } from "./storage.ts";

// What a move costs is which slots it writes, so the layout that `contracts/proof/types/Game.sol` documents is tested as it lies in storage.

let table: Table;
let known: KnownTask;
beforeAll(async () => {
  known = await knownTask();
  table = await deploy();
});

const nothing = packed([0, 256]);
const now = async () => {
  const client = await table.viem.getPublicClient();
  return Number((await client.getBlock()).timestamp);
};

/** The first word of a game. */
const clocks = (fields: {
  since: number;
  challengerLeft: number;
  workerLeft: number;
  exponent: number;
  isChallengersTurn: boolean;
  ruling: number;
  stage: number;
}): Hex =>
  packed(
    [fields.since, 40],
    [fields.challengerLeft, 32],
    [fields.workerLeft, 32],
    [fields.exponent, 8],
    [fields.isChallengersTurn ? 1 : 0, 8],
    [fields.ruling, 8],
    [fields.stage, 8],
  );

test("a game is four slots, of which its opening writes one; a credit is one", async () => {
  const { task, rightLeaf, truth, machine } = known;
  const { dispute, beginning } = await openDispute(table, known, rightLeaf);
  const slot = gameSlot(idOf(dispute));
  const opened = await now();
  const whole = { challengerLeft: CLOCK_SECONDS, workerLeft: CLOCK_SECONDS, ruling: 0 };
  expect(await wordsFrom(table, slot, 5)).toEqual([
    clocks({
      ...{ ...whole, since: opened, exponent: 0, isChallengersTurn: false },
      stage: Stage.opened,
    }),
    ...[nothing, nothing, nothing, nothing],
  ]);

  const exponent = firstExponent(task);
  const hashes = Array.from({ length: 16 }, (_, i) => honest(known)((i + 1) * 16 ** exponent));
  await table.passTime(100);
  await table.send(table.worker, "begin", [dispute, beginning, hashes]);
  const begun = await now();
  const playing = {
    ...{ ...whole, since: begun, workerLeft: CLOCK_SECONDS - (begun - opened) },
    ...{ exponent, isChallengersTurn: true, stage: Stage.playing },
  };
  const [, taskType] = getAbiItem({ abi: instructionVerifierAbi, name: "next" }).inputs;
  expect(await wordsFrom(table, slot, 5)).toEqual([
    clocks(playing),
    truth[0],
    keccak256(encodeAbiParameters([{ type: "bytes32[16]" }], [hashes as never])),
    keccak256(
      encodeAbiParameters(
        [{ type: "bytes32" }, taskType],
        [machine.root, taskArgument(task) as never],
      ),
    ),
    nothing,
  ]);

  await table.passTime(CLOCK_SECONDS);
  await table.send(table.stranger, "timeOut", [dispute]);
  const [word] = await wordsFrom(table, slot, 1);
  expect(word).toBe(clocks({ ...playing, ruling: Ruling.challengeFailed, stage: Stage.over }));
  const credit = creditSlot(table.worker.account.address);
  expect(await wordsFrom(table, credit, 1)).toEqual([packed([FEE, 256])]);
});

test("the chunks that a challenger has named are three slots", async () => {
  const bytes = Uint8Array.from({ length: (2 << 20) + 5 }, (_, index) => index % 251);
  const cid = await putBytes(memoryContent(), bytes);
  const entry = { outcome: "ok", cid, byteLength: bytes.length } as const;
  const changes = { ground: 2, answer: zeroHash };
  const { dispute, beginning } = await openDispute(table, known, entry, changes);
  const chunks = [3, 1_030, 2_048];
  await table.send(table.challenger, "ask", [dispute, beginning.result, chunks]);
  const slot = requestSlot(idOf(dispute));
  const named = packed(...chunks.toReversed().map((chunk): [number, number] => [chunk, 32]));
  const counted = (linked: number) =>
    packed([linked > 0 ? 1 : 0, 8], [linked, 32], [0b111, 8], [chunks.length, 8]);
  expect(await wordsFrom(table, slot, 4)).toEqual([named, counted(0), nothing, nothing]);

  const request = (await table.read("request", [idOf(dispute)])) as ChunksToShow;
  const link = nextToShow(bytes, request);
  if (link === undefined) throw new Error("nothing is missing");
  const args = [dispute, beginning.result, link.place, link.witness];
  await table.send(table.worker, "show", args);
  const [block] = rootOf(bytes).digests;
  const digest = bytesToHex(block as Uint8Array);
  expect(await wordsFrom(table, slot, 4)).toEqual([named, counted(1), digest, nothing]);
});
