import { randomBytes } from "node:crypto";
import {
  ContractRevertError,
  createJuryClient,
  type GetStandingReturnType,
  Ruling,
  verdictCommitment,
} from "@assay/sdk";
import { type Address, bytesToHex, type Hex, isAddressEqual } from "viem";
import { createLanePart, type Part } from "../node/part.ts";
import { type PipelineContext, reported } from "../pipeline/context.ts";
import type { DisputeRecord, VerdictRecord } from "../store/disputeStore.ts";
import { judge } from "./judge.ts";

/** Once so much of the time for a draw is over, a juror makes it for others too. */
const DRAW_FOR_OTHERS_AFTER = 0.5;

/**
 * The juror: stakes in a JuryArbiter, sees itself drawn, finds out who is right, commits, reveals in time, and ends phases that
 * anybody may end. It goes by the chain's time alone.
 */
export function createJuror(context: PipelineContext, juryAddress: Address): Part {
  const { account, client, policy, report, store } = context;
  const jury = createJuryClient(client, juryAddress);
  let creditMayHaveGrown = true;

  async function topUp(signal: AbortSignal): Promise<void> {
    const { stake, unbonding } = await jury.getJuror({ signal });
    const amount = policy.jurorStakeWei - (stake - unbonding);
    if (amount <= 0n) return;
    await reported(context, "jury deposit", jury.deposit({ amount, signal }));
  }

  /** What we say in this panel: as written down, or found out and written down now. */
  async function verdictOf(
    record: DisputeRecord,
    panel: number,
    signal: AbortSignal,
  ): Promise<VerdictRecord> {
    const written = store.verdict(record.id, panel);
    if (written !== undefined) return written;
    const verdict = await judge(context, record, signal);
    const made = { verdict, salt: bytesToHex(randomBytes(32)) };
    store.addVerdict(record.id, panel, made);
    return made;
  }

  async function commit(
    record: DisputeRecord,
    panel: number,
    { drawn, proof }: { drawn: boolean; proof?: Hex },
    signal: AbortSignal,
  ): Promise<void> {
    const { id, dispute } = record;
    const { verdict, salt } = await verdictOf(record, panel, signal);
    const commitment = verdictCommitment({ verdict, salt, juror: account, id, panel });
    const sent = drawn
      ? jury.commit({ id, panel, commitment, signal })
      : jury.drawAndCommit({ dispute, proof, panel, commitment, signal });
    await reported(context, "commit verdict", sent);
    report("verdict committed", { id, panel });
  }

  /** Draws the panel, if its randomness is known and we are on it, or if nobody else does. */
  async function draw(
    record: DisputeRecord,
    { panel, randomness, requestedAt }: GetStandingReturnType,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { dispute } = record;
    const proof = await jury.getDrawProof({ randomness, signal });
    const [{ number }, seats] = await Promise.all([
      jury.getJuror({ signal }),
      jury.simulateDraw({ dispute, proof, signal }),
    ]);
    if (seats.includes(number)) {
      await commit(record, panel, { drawn: false, proof }, signal);
      return true;
    }
    const { epochSeconds } = await jury.getParameters({ signal });
    const waited = context.head().timestamp - requestedAt;
    if (waited < DRAW_FOR_OTHERS_AFTER * epochSeconds) return false;
    await reported(context, "draw", jury.draw({ dispute, proof, signal }));
    return true;
  }

  /** Takes a dispute one step further, if there is one for us to take. */
  async function attend(record: DisputeRecord, signal: AbortSignal): Promise<boolean> {
    const { id, dispute } = record;
    const standing = await jury.getStanding({ id, signal });
    const { stage, panel } = standing;
    const { jurors, committed, verdicts } = await jury.getPanel({ id, panel, signal });
    const seat = jurors.findIndex((juror) => isAddressEqual(juror, account));
    switch (stage) {
      case "drawing":
        return draw(record, standing, signal);
      case "committing":
        if (seat < 0 || committed[seat]) return false;
        await commit(record, panel, { drawn: true }, signal);
        return true;
      case "revealing": {
        const mine = store.verdict(id, panel);
        if (seat < 0 || !committed[seat] || verdicts[seat] !== Ruling.none) return false;
        if (mine === undefined) return false; // committed by another process, with a salt that we do not know
        await reported(context, "reveal verdict", jury.reveal({ id, panel, ...mine, signal }));
        report("verdict revealed", { id, panel, verdict: mine.verdict });
        return true;
      }
      case "stalled":
        await reported(context, "advance", jury.advance({ id, signal }));
        return true;
      case "final": {
        const { number } = await jury.getJuror({ signal });
        if (number === 0) return false;
        const sent = await reported(context, "settle dispute", jury.settle({ dispute, signal }));
        report("dispute settled", { id, coherent: sent.coherent, shareWei: sent.share });
        return true;
      }
      case "settled":
        store.noteJuryDone(id);
        creditMayHaveGrown = true;
        return true;
      default:
        return false;
    }
  }

  async function withdraw(signal: AbortSignal): Promise<void> {
    if ((await jury.getCredit({ signal })) === 0n) return;
    const { amount } = await reported(context, "jury withdraw", jury.withdraw({ signal }));
    report("juror credit withdrawn", { amountWei: amount });
  }

  return createLanePart({
    name: "jury",
    report,
    onEvents() {}, // disputes are noted for all parts
    prepare: topUp,
    async step(signal) {
      let didSomething = false;
      for (const record of store.disputes("jury")) {
        const arbiter = store.job(record.dispute.job)?.terms.arbiter;
        if (arbiter === undefined || !isAddressEqual(arbiter, juryAddress)) continue;
        try {
          if (await attend(record, signal)) didSomething = true;
        } catch (error) {
          // Another juror was faster, or its time has not come: the next block tells.
          if (!(error instanceof ContractRevertError)) throw error;
        }
      }
      if (creditMayHaveGrown) await withdraw(signal);
      creditMayHaveGrown = false;
      return didSomething;
    },
  });
}
