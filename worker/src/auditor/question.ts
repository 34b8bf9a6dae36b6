import type { GetParametersReturnType, JobTerms } from "@assay/sdk";
import { readFunds, shortageOf } from "../disputes/funds.ts";
import {
  challengeValue,
  demandValue,
  type Risk,
  refusalOfRisk,
  riskOfChallenge,
  riskOfDemand,
} from "../disputes/risk.ts";
import type { Turns } from "../disputes/turns.ts";
import type { PipelineContext } from "../pipeline/context.ts";
import type { AuditRecord } from "./auditStore.ts";

/** With less of a challenge window left, in seconds, nothing is begun: two transactions have to be mined in it. */
export const LAST_CALL_SECONDS = 15;

/** What the steps of a question work with: a demand, a challenge. */
export interface QuestionContext extends PipelineContext {
  turns: Turns;
  /** Tells once of each reason for which a question has to wait. */
  putOff(record: AuditRecord, reason: string): void;
}

/** Why it is not worth its cost, at the current price of gas, to challenge a batch that is wrong; `undefined` if it is. */
export async function refusalToChallenge(
  { client, policy }: Pick<PipelineContext, "client" | "policy">,
  terms: JobTerms,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [parameters, feeWei, gasPriceWei] = await Promise.all([
    client.getParameters({ signal }),
    client.getArbiterFee({ arbiter: terms.arbiter, signal }),
    client.public.getGasPrice(),
  ]);
  return refusalOfRisk(riskOfChallenge(terms, parameters, { feeWei, gasPriceWei }), policy);
}

/** What speaks against asking a question now: it is not worth it, the policy's limit, or too little money. */
export async function obstacleTo(
  question: "challenge" | "demand",
  context: PipelineContext,
  terms: JobTerms,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { client, policy } = context;
  const [parameters, feeWei, funds] = await Promise.all([
    client.getParameters({ signal }),
    client.getArbiterFee({ arbiter: terms.arbiter, signal }),
    readFunds(context),
  ]);
  const { risk, valueWei } = costsOf(question, terms, parameters, {
    ...{ feeWei, gasPriceWei: funds.gasPriceWei },
  });
  return refusalOfRisk(risk, policy) ?? shortageOf(context, funds, valueWei);
}

function costsOf(
  question: "challenge" | "demand",
  terms: JobTerms,
  parameters: GetParametersReturnType,
  prices: { feeWei: bigint; gasPriceWei: bigint },
): { risk: Risk; valueWei: bigint } {
  if (question === "demand") {
    return {
      risk: riskOfDemand(terms, parameters, prices),
      valueWei: demandValue(terms, parameters),
    };
  }
  return {
    risk: riskOfChallenge(terms, parameters, prices),
    valueWei: challengeValue(terms, parameters, prices.feeWei),
  };
}
