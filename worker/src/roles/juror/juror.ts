import {
  ContractRevertError,
  createJuryClient,
  type DisputeId,
  type GetJuryParametersReturnType,
  type GetPanelReturnType,
  type GetStandingReturnType,
  type JuryClient,
  RandomnessNotReadyError,
  Ruling,
  verdictCommitment,
} from "@assay/sdk";
import { type Address, isAddressEqual } from "viem";
import { eachInTurn } from "../../concurrency/eachInTurn.ts";
import { createTurns } from "../../concurrency/turns.ts";
import type { NodeContext } from "../../kernel/context.ts";
import { createLoopPart, type Part } from "../../kernel/part.ts";
import { reported } from "../../kernel/report.ts";
import type { DisputeRecord, VerdictRecord } from "../../store/disputeStore.ts";
import { createHearing } from "./hearing.ts";
import { createJudgments } from "./judgments.ts";
import { createWallet } from "./jurorStake.ts";

/** Once so much of the time for a draw is over, a juror makes it for others too… */
const DRAW_FOR_OTHERS_AFTER = 0.5;
/** …and for itself, when it still does not know what to say. */
const DRAW_UNDECIDED_AFTER = 0.25;
/** Share of the time for commitments in which a juror looks for what it cannot find… */
const SEARCH_SHARE = 0.5;
/** …and share of it that must be left for the commitment to be mined. */
const COMMIT_SHARE = 0.15;
/** Status of a random value that nobody can know any more. */
const LOST = 2;

/**
 * The juror: stakes in a JuryArbiter, sees itself drawn, finds out who is right, commits, reveals in time, and ends phases that
 * anybody may end. It goes by the chain's time alone.
 */
export function createJuror(context: NodeContext, juryAddress: Address): Part {
  const { account, client, head, report, store } = context;
  const jury = createJuryClient(client, juryAddress);
  const stopping = new AbortController();
  const turns = createTurns(head);
  const wallet = createWallet(context, jury);
  const hear = createHearing(context, jury);
  const judgments = createJudgments(context, {
    onVerdict: () => part.wake(),
    signal: stopping.signal,
  });
  /** Verdicts of ours that wait to be revealed, and until when. */
  const unrevealed = new Map<DisputeId, { panel: number; revealEndsAt: number }>();
  let known: Promise<GetJuryParametersReturnType> | undefined;

  /** The jury's parameters, which never change. */
  function parametersOf(signal: AbortSignal): Promise<GetJuryParametersReturnType> {
    known ??= jury.getParameters({ signal }).catch((error) => {
      known = undefined;
      throw error;
    });
    return known;
  }

  async function commit(
    { id, dispute }: DisputeRecord,
    panel: number,
    { verdict, salt }: VerdictRecord,
    draw: { proof: Awaited<ReturnType<JuryClient["getDrawProof"]>> } | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const chainId = client.public.chain.id;
    const vote = { verdict, salt, juror: account, id, panel, jury: juryAddress, chainId };
    const commitment = verdictCommitment(vote);
    const sent =
      draw === undefined
        ? jury.commit({ id, panel, commitment, signal })
        : jury.drawAndCommit({ dispute, proof: draw.proof, panel, commitment, signal });
    await reported(context, "commit verdict", sent);
    report("verdict committed", { id, panel });
  }

  /** Draws the panel, if its randomness is known and we are on it, or if nobody else does. */
  async function draw(
    record: DisputeRecord,
    { panel, randomness, requests, requestedAt }: GetStandingReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { id, dispute } = record;
    const { epochSeconds, commitSeconds } = await parametersOf(signal);
    const proof = await jury.getDrawProof({ randomness, signal });
    const [{ number }, seats] = await Promise.all([
      jury.getJuror({ signal }),
      jury.simulateDraw({ dispute, proof, signal }),
    ]);
    const now = head().timestamp;
    const isSeated = number !== 0 && seats.includes(number);
    if (isSeated) {
      const until = Math.floor(now + SEARCH_SHARE * commitSeconds);
      const verdict = judgments.verdict(record, panel, until);
      if (verdict !== undefined) {
        await commit(record, panel, verdict, { proof }, signal);
        return true;
      }
    }
    const after = isSeated ? DRAW_UNDECIDED_AFTER : DRAW_FOR_OTHERS_AFTER;
    if (now - requestedAt < after * epochSeconds) return false;
    const turn = `draw/${id}/${panel}/${requests}`;
    if (!turns.isOurs(turn, isSeated ? "shared" : "none")) return false;
    await reported(context, "draw", jury.draw({ dispute, proof, signal }));
    turns.over(turn);
    report("jury drawn", { id, panel });
    return true;
  }

  async function commitInTime(
    record: DisputeRecord,
    panel: number,
    { commitEndsAt }: GetPanelReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { commitSeconds } = await parametersOf(signal);
    const until = Math.min(
      Math.floor(head().timestamp + SEARCH_SHARE * commitSeconds),
      Math.floor(commitEndsAt - COMMIT_SHARE * commitSeconds),
    );
    const verdict = judgments.verdict(record, panel, until);
    if (verdict === undefined) return false;
    await commit(record, panel, verdict, undefined, signal);
    return true;
  }

  async function reveal(
    { id }: DisputeRecord,
    panel: number,
    { revealEndsAt }: GetPanelReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const mine = store.verdict(id, panel);
    if (mine === undefined) return false; // committed by another process, with a salt that we do not know
    unrevealed.set(id, { panel, revealEndsAt });
    await reported(context, "reveal verdict", jury.reveal({ id, panel, ...mine, signal }));
    unrevealed.delete(id);
    report("verdict revealed", { id, panel, verdict: mine.verdict });
    return true;
  }

  /** Asks for new randomness or another panel. Nobody gains by it, and every juror and party waits for it. */
  async function advance(
    { id }: DisputeRecord,
    { panel, requests }: GetStandingReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const turn = `advance/${id}/${panel}/${requests}`;
    if (!turns.isOurs(turn, "shared")) return false;
    await reported(context, "advance", jury.advance({ id, signal }));
    turns.over(turn);
    report("dispute advanced", { id, panel });
    return true;
  }

  async function settle(
    record: DisputeRecord,
    { panel: last }: GetStandingReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { id, dispute } = record;
    const panels = await Promise.all(
      Array.from({ length: last + 1 }, (_, panel) => jury.getPanel({ id, panel, signal })),
    );
    const hadSeat = panels.some(({ jurors }) => seatOf(jurors) >= 0);
    const turn = `settle/${id}`;
    if (!turns.isOurs(turn, hadSeat ? "shared" : "none")) return false;
    const sent = await reported(context, "settle dispute", jury.settle({ dispute, signal }));
    report("dispute settled", { id, coherent: sent.coherent, shareWei: sent.share });
    return true;
  }

  /** It was committed to, and it is too late, or the node stops. */
  function tellUnrevealed(id: DisputeId): void {
    const missed = unrevealed.get(id);
    if (missed !== undefined) report("verdict not revealed", { id, ...missed });
    unrevealed.delete(id);
  }

  const seatOf = (jurors: readonly Address[]) =>
    jurors.findIndex((juror) => isAddressEqual(juror, account));

  /** Takes a dispute one step further, if there is one for us to take. */
  async function attend(record: DisputeRecord, signal: AbortSignal): Promise<boolean> {
    const { id } = record;
    const standing = await jury.getStanding({ id, signal });
    const { stage, panel } = standing;
    switch (stage) {
      case "drawing":
        try {
          return await draw(record, standing, signal);
        } catch (error) {
          const lost = error instanceof RandomnessNotReadyError && error.args.status === LOST;
          if (lost) return advance(record, standing, signal);
          throw error;
        }
      case "committing":
      case "revealing": {
        const seats = await jury.getPanel({ id, panel, signal });
        const seat = seatOf(seats.jurors);
        if (seat < 0) return false;
        wallet.mustPay();
        if (stage === "committing") {
          if (!seats.committed[seat]) return commitInTime(record, panel, seats, signal);
          // The reveal can wait for the others' commitments until the window ends by itself.
          const { revealEndsAt } = seats;
          unrevealed.set(id, { panel, revealEndsAt });
          return false;
        }
        if (!seats.committed[seat] || seats.verdicts[seat] !== Ruling.none) return false;
        return reveal(record, panel, seats, signal);
      }
      case "stalled":
        tellUnrevealed(id);
        return advance(record, standing, signal);
      case "final":
        tellUnrevealed(id);
        return settle(record, standing, signal);
      case "settled":
        tellUnrevealed(id);
        turns.over(`settle/${id}`);
        store.noteJuryDone(id);
        wallet.mayHaveGrown();
        return true;
      default:
        return false;
    }
  }

  const part = createLoopPart({
    name: "jury",
    report,
    onEvents() {}, // what the Marketplace tells of disputes is noted for all parts
    prepare: wallet.topUp,
    async step(signal) {
      await hear(signal);
      const ours = store
        .disputes("jury")
        .filter(({ arbiter }) => isAddressEqual(arbiter, juryAddress));
      const did = await eachInTurn(ours, async (record) => {
        try {
          return await attend(record, signal);
        } catch (error) {
          // Another juror was faster, or its time has not come: the next block tells.
          if (error instanceof ContractRevertError) return false;
          throw error;
        }
      });
      await wallet.look(signal);
      return did;
    },
  });
  return {
    ...part,
    async stop() {
      stopping.abort(new Error("the node is stopping"));
      await Promise.all([part.stop(), judgments.ended()]);
      for (const id of unrevealed.keys()) tellUnrevealed(id);
    },
  };
}
