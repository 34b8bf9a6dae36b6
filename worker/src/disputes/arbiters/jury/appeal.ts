import { NodeTroubleError } from "@assay/runners";
import {
  AssayError,
  batchRange,
  ContractRevertError,
  Ground,
  type JuryClient,
  Ruling,
} from "@assay/sdk";
import { readBalance, shortageOf } from "../../../account/spending.ts";
import { worthOf } from "../../../jobs/worth.ts";
import type { NodeContext } from "../../../kernel/context.ts";
import { reported } from "../../../kernel/report.ts";
import type { DisputeRecord } from "../../../store/disputeStore.ts";
import { rulingOn } from "../../evidence/rulingOn.ts";
import { refusalOfRisk } from "../../risk/risk.ts";
import { claimOf, type PartyDispute } from "../arbiter.ts";
import { riskOfAppeal } from "./appealRisk.ts";

/** Time limit for fetching program and input and running the task, in milliseconds. */
const FETCH_MS = 60_000;

export interface AppealParameters extends PartyDispute {
  jury: JuryClient;
  /** The first panel's. It is not what the party claims. */
  ruling: Ruling;
  signal: AbortSignal;
}

/**
 * Runs the task once more, and appeals the ruling if this machine finds otherwise and the appeal is worth its fee. A ruling about whether
 * a result could be fetched is not appealed: nobody can check that afterwards.
 * @returns the reason why not; `undefined` if it has appealed.
 *
 * @throws NodeTroubleError when this machine could not run the task now.
 */
export async function appeal(
  context: NodeContext,
  parameters: AppealParameters,
): Promise<string | undefined> {
  const { report, store } = context;
  const { jury, record, party, ruling, signal } = parameters;
  const { dispute, id } = record;
  if (dispute.ground !== Ground.wrongResult) return "it is not about what a task gives";
  const feeWei = await jury.getAppealFee({ signal });
  const refusal = await refusalToAppeal(context, parameters, feeWei);
  if (refusal !== undefined) return refusal;
  const found = await ownRuling(context, record, signal);
  if (found !== claimOf(party)) return "this node does not find what it claimed";
  store.noteAppeal(id, feeWei);
  try {
    await reported(context, "appeal", jury.appeal({ id, expected: ruling, signal }));
  } catch (error) {
    if (!(error instanceof ContractRevertError)) throw error;
    store.noteAppeal(id, 0n);
    return error.shortMessage; // another has appealed, or its time is over
  }
  report("ruling appealed", { jobId: dispute.job, batch: dispute.batch, id, ruling, feeWei });
  return undefined;
}

async function refusalToAppeal(
  context: NodeContext,
  { jury, terms, record, party, ruling, signal }: AppealParameters,
  appealFeeWei: bigint,
): Promise<string | undefined> {
  const { client, policy } = context;
  const [parameters, juryParameters, balance] = await Promise.all([
    client.getParameters({ signal }),
    jury.getParameters({ signal }),
    readBalance(context),
  ]);
  const { batch, bond: bondWei, fee: feeWei } = record.dispute;
  const reward = terms.rewardPerTask * BigInt(batchRange(terms, batch).count);
  const risk = riskOfAppeal(party, {
    terms,
    parameters,
    jury: juryParameters,
    bondWei,
    feeWei,
    appealFeeWei,
    rewardWei: worthOf(policy, terms.token, reward) ?? 0n,
    ruled: ruling === Ruling.undecided ? "undecided" : "against",
    gasPriceWei: balance.gasPriceWei,
  });
  const { maxDisputeGasShare, trustInJurors: trust } = policy;
  return (
    refusalOfRisk(risk, { trust, maxDisputeGasShare }) ?? shortageOf(context, balance, appealFeeWei)
  );
}

/** The ruling that this machine finds right; `undecided` if it cannot find out. */
async function ownRuling(
  context: NodeContext,
  record: DisputeRecord,
  signal: AbortSignal,
): Promise<Ruling> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  try {
    return await rulingOn(context, record, context.content, limited);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NodeTroubleError) throw error;
    if (error instanceof AssayError || limited.aborted) return Ruling.undecided;
    throw error;
  }
}
