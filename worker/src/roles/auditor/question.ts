import {
  type AskedQuestion,
  type DisputeId,
  Ground,
  type JobTerms,
  type Question,
  randomSalt,
} from "@assay/sdk";
import { zeroHash } from "viem";
import { readBalance, shortageOf } from "../../account/spending.ts";
import type { Turns } from "../../concurrency/turns.ts";
import {
  challengeBond,
  challengeValue,
  demandValue,
  type Risk,
  refusalOfRisk,
  riskOfChallenge,
  riskOfDemand,
} from "../../disputes/risk/risk.ts";
import type { NodeContext } from "../../kernel/context.ts";
import type { AuditFields, AuditRecord, AuditState } from "../../store/auditStore.ts";
import type { AuditorContext } from "./context.ts";
import type { Standing } from "./standing.ts";

/** With less of a challenge window left, in seconds, nothing is begun: two transactions have to be mined in it. */
export const LAST_CALL_SECONDS = 15;

/** The context of the steps of a question, which is a demand or a challenge. */
export interface QuestionContext extends AuditorContext {
  turns: Turns;
  /** Whether leaves that others dispute are wrong, as this node has found. */
  foundWrong: Map<DisputeId, boolean>;
  /** Reports, once for each reason, that a question has to wait. */
  putOff(record: AuditRecord, reason: string): void;
}

/** The question about a submission. */
export function questionOf({
  jobId: job,
  batch,
  position,
  ground,
  resultRoot,
  answer = zeroHash,
  salt,
}: AuditRecord): Question {
  if (position === undefined || ground === undefined || salt === undefined) {
    throw new TypeError("what is to be asked has a position, a ground and a salt");
  }
  return { job, batch, position, ground, resultRoot, answer, salt };
}

/** Whether somebody else's question is about the same task, on the same ground: then ours says nothing new. */
export function isSame(
  { position, ground }: Pick<AuditRecord, "position" | "ground">,
  asked: Pick<AskedQuestion, "position" | "ground">,
): boolean {
  return asked.position === position && asked.ground === ground;
}

/** Where a question stands that nothing is prepared for, and what is forgotten of the preparation: its salt is known to others by now. */
export function unprepared({ ground }: Pick<AuditRecord, "ground">): {
  state: AuditState;
  fields: AuditFields;
} {
  return {
    state: ground === Ground.none ? "hidden" : "wrong",
    fields: { salt: randomSalt(), bond: undefined, asked: undefined },
  };
}

/** The reason why challenging a wrong batch is not worth its costs at the current price of gas; `undefined` if it is. */
export async function refusalToChallenge(
  { arbiters, client, policy }: Pick<AuditorContext, "arbiters" | "client" | "policy">,
  terms: JobTerms,
  signal: AbortSignal,
): Promise<string | undefined> {
  const arbiter = arbiters.of(terms.arbiter);
  const [parameters, feeWei, gasPriceWei] = await Promise.all([
    client.getParameters({ signal }),
    arbiter.getFee(signal),
    client.public.getGasPrice(),
  ]);
  const { challengerGas: arbiterGas } = arbiter;
  const risk = riskOfChallenge(terms, parameters, { number: 1, feeWei, gasPriceWei, arbiterGas });
  return refusalOfRisk(risk, { trust: arbiter.trust, ...policy });
}

/** The costs of a question, and the obstacle to asking it now. */
export interface QuestionCosts {
  prepareWei: bigint;
  /** Not worth its costs, over the policy's limit, or too little money. */
  obstacle: string | undefined;
}

/**
 * Computes the costs of the next question of this kind about a batch.
 * @param preparedWei - money that is lost if the question is not asked.
 */
export async function costsOf(
  context: AuditorContext,
  { ground }: Pick<AuditRecord, "ground">,
  {
    terms,
    inquiry,
    preparedWei,
    signal,
  }: Pick<Extract<Standing, { status: "open" }>, "inquiry"> & {
    terms: JobTerms;
    preparedWei: bigint;
    signal: AbortSignal;
  },
): Promise<QuestionCosts> {
  const { arbiters, client, policy } = context;
  const arbiter = arbiters.of(terms.arbiter);
  const [parameters, feeWei, balance] = await Promise.all([
    client.getParameters({ signal }),
    arbiter.getFee(signal),
    readBalance(context),
  ]);
  const { gasPriceWei } = balance;
  // A demand takes less, and is prepared with as much: the rest comes back when it is asked.
  const prepareWei = challengeBond(terms, parameters);
  let risk: Risk;
  let valueWei: bigint;
  if (ground === Ground.none) {
    const number = inquiry.demands + 1;
    risk = riskOfDemand(terms, parameters, { number, gasPriceWei });
    valueWei = demandValue(terms, parameters, number);
  } else {
    const number = inquiry.challenges + 1;
    const { challengerGas: arbiterGas } = arbiter;
    risk = riskOfChallenge(terms, parameters, { number, feeWei, gasPriceWei, arbiterGas });
    valueWei = challengeValue(terms, parameters, { number, feeWei });
  }
  const weighed = {
    ...risk,
    gainWei: risk.gainWei + preparedWei,
    lossWei: risk.lossWei - preparedWei,
  };
  const neededWei = valueWei > prepareWei ? valueWei : prepareWei;
  const obstacle =
    refusalOfRisk(weighed, { trust: arbiter.trust, ...policy }) ??
    shortageOf(context, balance, neededWei > preparedWei ? neededWei - preparedWei : 0n);
  return { prepareWei, obstacle };
}

/** Ends an audit whose question will not be asked. */
export function drop(
  { report, store }: Pick<NodeContext, "report" | "store">,
  record: AuditRecord,
  reason: string,
): boolean {
  const { jobId, batch } = record;
  if (!store.moveAudit(record, record.state, "ended")) return false;
  report("challenge dropped", { jobId, batch, reason });
  return true;
}
