import type { Address, Hex } from "viem";
import { Ruling } from "../../../protocol/dispute/dispute.ts";
import { transactionOf, type WriteReturnType, type Written } from "../../chain/write.ts";
import type { ProofContext } from "../../context/marketContext.ts";
import { ChainDataError } from "../../errors/market.ts";
import { type ProofEventArgs, proofEventIn } from "./call.ts";

/** How a dispute before the ProofArbiter ended. */
export interface Decision {
  /** `workerWrong` or `challengeFailed`. */
  ruling: Ruling;
  winner: Address;
  /** Whose credit the fee is: the worker's, or the requester's, who has paid the challenger's back out of the slash. */
  paid: Address;
  /** The state that a step led to; zero where there was none. */
  proven: Hex;
}

/** The decision that a transaction must have come to. */
export function decided(client: ProofContext, written: Written): WriteReturnType & Decision {
  const args = proofEventIn(client, written, "Decided");
  if (args === undefined) throw new ChainDataError(`no Decided in transaction ${written.hash}`);
  return { ...transactionOf(written), ...toDecision(args) };
}

export function toDecision({ ruling: number, ...rest }: ProofEventArgs<"Decided">): Decision {
  const ruling = Object.values(Ruling).find((known) => known === number);
  if (ruling === undefined) throw new ChainDataError(`a dispute has ruling ${number}`);
  const { winner, paid, proven } = rest;
  return { ruling, winner, paid, proven };
}
