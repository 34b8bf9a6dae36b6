import { randomInt } from "node:crypto";
import { NodeTroubleError } from "@assay/runners";
import { AssayError } from "@assay/sdk";
import { eachInTurn } from "../../concurrency/eachInTurn.ts";
import { createRetries } from "../../concurrency/retries.ts";
import { createTurns } from "../../concurrency/turns.ts";
import { createLoopPart, joinParts, type Part } from "../../kernel/part.ts";
import { messageOf } from "../../kernel/report.ts";
import type { AuditRecord } from "../../store/auditStore.ts";
import { askQuestion } from "./askQuestion.ts";
import { auditBatch } from "./auditBatch.ts";
import { awaitLeaf } from "./awaitLeaf.ts";
import { createAuditBudget } from "./budget.ts";
import { checkShown, seekResult } from "./checkTask.ts";
import type { AuditorContext } from "./context.ts";
import { AuditBudgetError } from "./errors.ts";
import { applyAuditEvent } from "./events.ts";
import { type QuestionContext, refusalToChallenge } from "./question.ts";
import { standingOf } from "./standing.ts";

const RETRY = { firstMs: 1_000, longestMs: 60_000, jitter: 0 };
/** Number of concurrent audits. A submission whose contents are withheld must not delay the others. */
const LOOKS_AT_ONCE = 4;

/**
 * The auditor recomputes a sample of other workers' submissions, challenges results that are wrong or that nobody can fetch, and earns a
 * share of the slashed stake. It writes each action down before it acts, and asks the chain what others have done in between.
 */
export function createAuditor(auditorContext: AuditorContext): Part {
  const { report, store, head } = auditorContext;
  const retries = createRetries<string>(RETRY);
  const budget = createAuditBudget(auditorContext);
  const underWay = new Set<string>();
  const toldOf = new Set<string>();

  const keyOf = ({ jobId, batch, resultRoot }: AuditRecord) => `${jobId}/${batch}/${resultRoot}`;
  const context: QuestionContext = {
    ...auditorContext,
    turns: createTurns(head),
    foundWrong: new Map(),
    putOff(record, reason) {
      const { jobId, batch } = record;
      const key = `${keyOf(record)}/${reason}`;
      if (toldOf.has(key)) return;
      toldOf.add(key);
      report("challenge put off", { jobId, batch, reason });
    },
  };

  /** Suspicious submissions come first. Of the others it takes a random one, so that nobody can foresee which. */
  function choose(): AuditRecord | undefined {
    const states = budget.isLeft()
      ? (["missing", "shown", "due"] as const)
      : (["missing"] as const);
    const ready = store
      .audits(...states)
      .filter((record) => !underWay.has(keyOf(record)) && retries.isDue(keyOf(record)));
    const urgent = ready.filter(({ state }) => state !== "due");
    const among = urgent.length > 0 ? urgent : ready;
    return among.length === 0 ? undefined : among[randomInt(among.length)];
  }

  async function look(signal: AbortSignal): Promise<boolean> {
    const record = choose();
    if (record === undefined) return false;
    const key = keyOf(record);
    underWay.add(key);
    try {
      await lookAt(record, signal);
      retries.succeeded(key);
    } catch (error) {
      if (!(error instanceof AssayError) || signal.aborted) throw error;
      noteTrouble(record, error);
    } finally {
      underWay.delete(key);
    }
    acting.wake();
    return true;
  }

  async function lookAt(record: AuditRecord, signal: AbortSignal): Promise<void> {
    const { jobId, state } = record;
    const terms = store.job(jobId)?.terms;
    const standing = await standingOf(context, record, signal);
    if (terms === undefined || standing.status === "over") {
      store.moveAudit(record, state, "ended");
      return;
    }
    switch (state) {
      case "missing":
        return seekResult(context, record, signal);
      case "shown":
        return checkShown({ ...context, budget }, record, signal);
      default: {
        const refusal = await refusalToChallenge(context, terms, signal);
        if (refusal !== undefined) return pass(record, refusal);
        return auditBatch({ ...context, budget }, record, signal);
      }
    }
  }

  function pass(record: AuditRecord, reason: string): void {
    const { jobId, batch, state } = record;
    if (store.moveAudit(record, state, "ended"))
      report("batch not audited", { jobId, batch, reason });
  }

  function noteTrouble(record: AuditRecord, error: AssayError): void {
    // A job that is broken stays so; this machine's own troubles pass.
    if (!error.retryable && !(error instanceof NodeTroubleError)) {
      pass(record, error.shortMessage);
      return;
    }
    const { jobId, batch } = record;
    const retryInMs = retries.failed(keyOf(record), wake);
    if (error instanceof AuditBudgetError) return; // told once by the budget
    report("batch not audited yet", { jobId, batch, retryInMs, error: messageOf(error) });
  }

  function act(signal: AbortSignal): Promise<boolean> {
    return eachInTurn(store.audits("prepared", "wrong", "demanded", "hidden"), (record) =>
      record.state === "demanded"
        ? awaitLeaf(context, record, signal)
        : askQuestion(context, record, signal),
    );
  }

  const acting = createLoopPart({
    name: "challenge",
    report,
    onEvents(events) {
      for (const event of events) applyAuditEvent(context, event);
    },
    onRollback: store.rollBackAudits,
    step: act,
  });
  const looking = Array.from({ length: LOOKS_AT_ONCE }, () =>
    createLoopPart({ name: "audit", report, onEvents() {}, step: look }),
  );
  function wake(): void {
    for (const part of looking) part.wake();
  }
  // `acting` writes down what an event says before the others look at it.
  return joinParts([acting, ...looking]);
}
