import type { Address } from "viem";
import { type Arbiters, createArbiters } from "../disputes/arbiters/arbiters.ts";
import { createJuryArbiter } from "../disputes/arbiters/jury/jury.ts";
import type { Games } from "../disputes/arbiters/proof/games.ts";
import { createProofArbiter } from "../disputes/arbiters/proof/proof.ts";
import type { Tracer } from "../disputes/arbiters/proof/trace/tracer.ts";
import { createParties } from "../disputes/parties.ts";
import type { NodeContext } from "../kernel/context.ts";
import type { NodeRole, Part } from "../kernel/part.ts";
import { createAuditor } from "../roles/auditor/auditor.ts";
import { createJuror } from "../roles/juror/juror.ts";
import type { WorkerContext } from "../roles/worker/context.ts";
import { createWorker } from "../roles/worker/worker.ts";
import { JuryRequiredError } from "./errors.ts";

export interface PartsOptions extends Pick<WorkerContext, "holds" | "mayClaim"> {
  roles: readonly NodeRole[];
  jury: Address | undefined;
  /** The ProofArbiters that it accepts, and what it plays before them with. */
  proofs: readonly Address[];
  tracer: Tracer;
  games: Games;
  /** Creates what bids for offers, if the node does. */
  createBidder: (arbiters: Arbiters) => Part | undefined;
}

/**
 * Creates the parts of a node that follow the chain, in the order in which they start.
 *
 * @throws {@link JuryRequiredError}
 */
export function createParts(
  context: NodeContext,
  { roles, jury, proofs, tracer, games, holds, mayClaim, createBidder }: PartsOptions,
): Part[] {
  const juries = jury === undefined ? [] : [createJuryArbiter(context, jury)];
  const duels = proofs.map((proof) => createProofArbiter(context, proof, { tracer, games }));
  const arbiters = createArbiters(context, [...juries, ...duels]);
  const bidder = createBidder(arbiters);

  function createPart(role: NodeRole): Part | [] {
    switch (role) {
      case "worker":
        return createWorker(context, { arbiters, holds, mayClaim });
      case "auditor":
        return createAuditor({ ...context, arbiters });
      case "juror":
        if (jury === undefined) throw new JuryRequiredError();
        return createJuror(context, jury);
      case "bootstrap": // every peer serves the DHT
      case "relay": // part of the peer's host
        return [];
    }
  }

  const parts = roles.flatMap(createPart);
  // It knows a job before it is looked into.
  if (bidder !== undefined && roles.includes("worker")) parts.unshift(bidder);
  // Only workers and auditors become parties to disputes.
  if (roles.includes("worker") || roles.includes("auditor")) {
    parts.push(createParties(context, arbiters));
  }
  return parts;
}
