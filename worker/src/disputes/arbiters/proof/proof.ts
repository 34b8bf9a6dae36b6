import {
  AssayError,
  ContractRevertError,
  createProofClient,
  type DisputeId,
  type GetGameReturnType,
  Ruling,
} from "@assay/sdk";
import { type Address, BaseError } from "viem";
import { createDue } from "../../../concurrency/due.ts";
import type { NodeContext } from "../../../kernel/context.ts";
import { messageOf, reported } from "../../../kernel/report.ts";
import type { Arbiter, PartyDispute } from "../arbiter.ts";
import { createPlainArbiter } from "../plain.ts";
import type { Games } from "./games.ts";
import { keepShown } from "./keepShown.ts";
import { sendMove } from "./sendMove.ts";
import { CHALLENGER_GAS, refusalToMove, WORKER_GAS } from "./stakes.ts";
import { type Decided, think } from "./think.ts";
import { createThoughts } from "./thoughts.ts";
import type { Tracer } from "./trace/tracer.ts";

/** A move that could not be sent is sent again after so many milliseconds, or with the next block. */
const AGAIN_MS = 5_000;

/**
 * A ProofArbiter: the parties narrow a dispute down to one step of the task, each against a clock, and the chain carries that step out. What
 * is to be done follows from the chain, from the dispute in the store and from the job, so a node that was killed goes on where it was.
 */
export function createProofArbiter(
  context: NodeContext,
  address: Address,
  { tracer, games }: { tracer: Tracer; games: Games },
): Arbiter {
  const { client, head, report, store } = context;
  const proof = createProofClient(client, address);
  const thinking = { context, proof, tracer };
  let wake = () => {};
  const withdrawal = createDue({ isDue: true });
  const thoughts = createThoughts<Decided>({
    onAnswer: () => wake(),
    onTrouble: (id, error) => putOff(id, messageOf(error)),
  });

  function putOff(id: DisputeId, reason: string): void {
    if (!games.trouble(id, reason)) return;
    report("move put off", { ...placeOf(id), id, reason });
  }

  function giveUp(id: DisputeId, reason: string): void {
    if (games.giveUp(id, reason)) report("game given up", { ...placeOf(id), id, reason });
  }

  const placeOf = (id: DisputeId) => {
    const { job: jobId, batch } = store.dispute(id)?.dispute ?? { job: "0x", batch: 0 };
    return { jobId, batch } as const;
  };

  /** Makes the move that is due, once it is found. */
  async function move(
    partyDispute: PartyDispute,
    game: GetGameReturnType,
    { dueAt, signal }: { dueAt: number; signal: AbortSignal },
  ): Promise<boolean> {
    const { record } = partyDispute;
    const { id } = record;
    const refusal = await refusalToMove(context, partyDispute, game, signal);
    if (refusal !== undefined) {
      putOff(id, refusal);
      return false;
    }
    const find = (stop: AbortSignal) => think(thinking, record, game, { dueAt, signal: stop });
    const decided = thoughts.about(id, standingOf(game), find, signal);
    if (decided === undefined) return false;
    if (decided.type === "concede") {
      giveUp(id, decided.reason);
      return false;
    }
    try {
      await reported(
        context,
        `proof ${decided.type}`,
        sendMove(proof, partyDispute, decided, signal),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AssayError || error instanceof BaseError)) throw error;
      putOff(id, messageOf(error));
      setTimeout(wake, AGAIN_MS).unref();
      // Where it stands has changed, or the endpoint is behind: it is looked at again.
      if (error instanceof ContractRevertError) thoughts.forget(id);
      return false;
    }
    thoughts.forget(id);
    games.trouble(id, undefined);
    report("move made", { ...placeOf(id), id, move: decided.type });
    return true;
  }

  /** The other party has let its time run out. Whoever gains ends the game. */
  async function timeOut({ record }: PartyDispute, signal: AbortSignal): Promise<boolean> {
    const { dispute, id } = record;
    try {
      await reported(context, "proof time-out", proof.timeOut({ dispute, signal }));
    } catch (error) {
      // Somebody was faster, or the chain's next block is not as far as ours.
      if (!(error instanceof ContractRevertError)) throw error;
      return false;
    }
    report("move made", { ...placeOf(id), id, move: "timeOut" });
    return true;
  }

  /** What a party can do where its game stands. */
  function stepOf(
    partyDispute: PartyDispute,
    game: GetGameReturnType,
  ): ((signal: AbortSignal) => Promise<boolean>) | undefined {
    const { party, record } = partyDispute;
    const { id, dispute } = record;
    const { stage, isChallengersTurn, since, workerLeft, challengerLeft } = game;
    const isOurTurn = isChallengersTurn === (party === "challenger");
    const endsAt = since + (isChallengersTurn ? challengerLeft : workerLeft);
    games.note({
      ...{ id, jobId: dispute.job, batch: dispute.batch, party, stage, isOurTurn, endsAt },
      ownLeftSeconds: party === "challenger" ? challengerLeft : workerLeft,
    });
    const isTimeUp = head().timestamp >= endsAt;
    if (!isOurTurn) return isTimeUp ? (signal) => timeOut(partyDispute, signal) : undefined;
    // Nobody can move any more; the other party ends it.
    if (isTimeUp) return undefined;
    return (signal) => move(partyDispute, game, { dueAt: endsAt, signal });
  }

  function forget(id: DisputeId): void {
    thoughts.forget(id);
    games.over(id);
  }

  async function withdrawProofCredit(signal: AbortSignal): Promise<void> {
    if ((await proof.getCredit({ signal })) === 0n) return;
    try {
      const { amount } = await reported(context, "proof withdraw", proof.withdraw({ signal }));
      report("proof credit withdrawn", { amountWei: amount });
    } catch (error) {
      if (!(error instanceof ContractRevertError)) throw error; // another part of this node was faster
    }
  }

  return {
    ...createPlainArbiter(context, address),
    trust: 1,
    challengerGas: CHALLENGER_GAS,
    workerGas: WORKER_GAS,
    isDuel: true,
    attach(onReady) {
      wake = onReady;
    },
    async getStanding(partyDispute, signal) {
      const { id, resolved } = partyDispute.record;
      const game = await proof.getGame({ id, signal });
      const isOver = game.stage === "over";
      // The marketplace waits for no game any more that it has taken for undecided.
      if (isOver || game.stage === "none" || resolved) forget(id);
      if (isOver) withdrawal.mark();
      return {
        ruling: isOver ? game.ruling : Ruling.none,
        step: isOver || game.stage === "none" || resolved ? undefined : stepOf(partyDispute, game),
        async close(stop) {
          await keepShown(context, proof, partyDispute, game, stop);
          return true;
        },
      };
    },
    withdrawCredit: (signal) => withdrawal.settle(() => withdrawProofCredit(signal)),
  };
}

/** Names where a game stands, so that what was thought of it is told from what is to be thought now. */
function standingOf({ stage, posted, agreed, since }: GetGameReturnType): string {
  return [stage, posted, agreed, since].join("/");
}
