import {
  createProofClient,
  type GetGameReturnType,
  isProofArbiter,
  type MarketClient,
  type MarketEvent,
  type ProofEvent,
  Ruling,
} from "@assay/sdk";
import { type Address, isAddressEqual } from "viem";
import { shownAmount, shownTime } from "../job/shown.ts";

type Challenge = Extract<MarketEvent, { type: "batchChallenged" }>;

/** Hashes of a move, as a power of two. */
const MOVE_BITS = 4n;

interface ShownMove {
  party: "worker" | "challenger";
  /** `begin`, `move`, `ask`, `show`. */
  kind: string;
  /** The states that it is about, by the number of steps before them. */
  fromStep?: bigint;
  toStep?: bigint;
  /** Steps between two of its hashes. */
  spacing?: bigint;
  /** Of the other party's hashes: the first that it disputes. */
  disputed?: number;
  chunks?: readonly number[];
  blockNumber: bigint;
  transactionHash: string;
}

/** A dispute before a proof arbiter, as it is shown. */
export interface ShownGame {
  arbiter: Address;
  stage: GetGameReturnType["stage"];
  /** Who has to move; missing where nobody has. */
  toMove?: "worker" | "challenger" | undefined;
  clocks: Record<"worker" | "challenger", { account: Address; leftSeconds: number }>;
  /** Unix seconds: when the clock that runs is over. */
  endsAt?: number;
  moves: ShownMove[];
  decision?: { ruling: string; winner: Address; provenState: string; feePaidTo: Address };
  bondWei: bigint;
  feeWei: bigint;
}

/** The game of a challenge; `undefined` where its arbiter decides otherwise. */
export async function gameOf(
  client: MarketClient,
  arbiter: Address,
  { id, dispute, blockNumber: fromBlock }: Challenge,
): Promise<ShownGame | undefined> {
  if (!(await isProofArbiter(client, { arbiter }))) return undefined;
  const proof = createProofClient(client, arbiter);
  const { number: toBlock, timestamp } = await client.public.getBlock();
  const [game, events] = await Promise.all([
    proof.getGame({ id }),
    proof.getEvents({ id, fromBlock, toBlock }),
  ]);
  const { worker, challenger, bond: bondWei, fee: feeWei } = dispute;
  const isUnderWay = game.stage !== "none" && game.stage !== "over";
  const passed = Math.max(0, Number(timestamp) - game.since);
  const left = (seconds: number, runs: boolean) =>
    isUnderWay && runs ? Math.max(0, seconds - passed) : seconds;
  const { isChallengersTurn, workerLeft, challengerLeft, since } = game;
  const decided = events.find((event) => event.type === "decided");
  return {
    arbiter,
    stage: game.stage,
    clocks: {
      worker: { account: worker, leftSeconds: left(workerLeft, !isChallengersTurn) },
      challenger: { account: challenger, leftSeconds: left(challengerLeft, isChallengersTurn) },
    },
    ...(isUnderWay
      ? {
          toMove: isChallengersTurn ? ("challenger" as const) : ("worker" as const),
          endsAt: since + (isChallengersTurn ? challengerLeft : workerLeft),
        }
      : {}),
    moves: movesOf(events, worker),
    ...(decided === undefined
      ? {}
      : {
          decision: {
            ruling: nameOf(decided.ruling),
            winner: decided.winner,
            provenState: decided.proven,
            feePaidTo: decided.paid,
          },
        }),
    bondWei,
    feeWei,
  };
}

const nameOf = (ruling: number): string =>
  Object.entries(Ruling).find(([, number]) => number === ruling)?.[0] ?? String(ruling);

function movesOf(events: readonly ProofEvent[], worker: Address): ShownMove[] {
  const moves: ShownMove[] = [];
  let from = 0n;
  let before: number | undefined;
  for (const event of events) {
    const { blockNumber, transactionHash } = event;
    const place = { blockNumber, transactionHash };
    switch (event.type) {
      case "moved": {
        const { exponent, index, party } = event;
        if (before !== undefined) from += BigInt(index) << (MOVE_BITS * BigInt(before));
        const spacing = 1n << (MOVE_BITS * BigInt(exponent));
        const kind = before === undefined ? "begin" : "move";
        moves.push({
          ...{ party: isAddressEqual(party, worker) ? "worker" : "challenger", kind },
          ...{ fromStep: from, toStep: from + (spacing << MOVE_BITS), spacing },
          ...(before === undefined ? {} : { disputed: index }),
          ...place,
        });
        before = exponent;
        break;
      }
      case "chunksAsked":
        moves.push({ party: "challenger", kind: "ask", chunks: event.chunks, ...place });
        break;
      case "chunkShown":
        moves.push({ party: "worker", kind: "show", chunks: [event.chunk], ...place });
        break;
    }
  }
  return moves;
}

const count = (value: bigint) => value.toLocaleString("en");

/** A game in lines for people. */
export function gameLines(game: ShownGame): string[] {
  const { clocks, toMove, endsAt, moves, decision, bondWei, feeWei } = game;
  const party = (name: "worker" | "challenger") => {
    const { account, leftSeconds } = clocks[name];
    const turn =
      name === toMove && endsAt !== undefined ? `  to move until ${shownTime(endsAt)}` : "";
    return `  ${name.padEnd(10)}  ${account}  ${leftSeconds} s left${turn}`;
  };
  return [
    `  game ${game.stage} before the proof arbiter ${game.arbiter}`,
    party("worker"),
    party("challenger"),
    ...moves.map((move, number) => `  ${moveLine(move, number + 1)}`),
    ...outcomeLines(decision, { toMove, bondWei, feeWei }),
  ];
}

function moveLine({ party, kind, ...move }: ShownMove, number: number): string {
  const { fromStep, toStep, spacing, disputed, chunks } = move;
  const what =
    fromStep !== undefined && toStep !== undefined && spacing !== undefined
      ? `${disputed === undefined ? "begins" : `disputes hash ${disputed + 1} of 16`}: states from step ${count(fromStep)} to ${count(toStep)}, each ${count(spacing)}`
      : `${kind === "ask" ? "asks for" : "shows"} chunk ${chunks?.join(", ")}`;
  return `${String(number).padStart(2)}  ${party.padEnd(10)}  ${what}`;
}

function outcomeLines(
  decision: ShownGame["decision"],
  { toMove, bondWei, feeWei }: Pick<ShownGame, "toMove" | "bondWei" | "feeWei">,
): string[] {
  const bond = shownAmount(bondWei);
  const fee = shownAmount(feeWei);
  if (decision === undefined) {
    return toMove === undefined
      ? []
      : [
          `  if the worker loses, its stake pays; if the challenger does, its bond of ${bond} and the fee of ${fee}`,
        ];
  }
  const { ruling, winner, provenState, feePaidTo } = decision;
  const how = BigInt(provenState) === 0n ? "without a step" : `by a step to ${provenState}`;
  const pays =
    ruling === "workerWrong"
      ? "the worker's stake pays"
      : `the challenger has lost its bond of ${bond}`;
  return [
    `  ${ruling}: ${winner} has won, ${how}; ${pays}; the fee of ${fee} went to ${feePaidTo}`,
  ];
}
