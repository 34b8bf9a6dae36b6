import type { Address, Hex } from "viem";
import { toChainCid } from "../cid/chainCid.ts";
import { bytesToHex, ZERO_HASH } from "../hashes/hex.ts";
import { hashStruct } from "../hashes/struct.ts";
import { Outcome, outcomeCode, type ResultEntry } from "../job/job.ts";
import type { Dispute, DisputeId, ResultLeaf } from "./dispute.ts";
import type { Question } from "./question.ts";

// In the order in which the contracts encode them.
const DISPUTE = {
  job: "bytes32",
  specHash: "bytes32",
  batch: "uint32",
  round: "uint32",
  number: "uint32",
  position: "uint32",
  ground: "uint8",
  requester: "address",
  worker: "address",
  challenger: "address",
  resultRoot: "bytes32",
  resultLeaf: "bytes32",
  answer: "bytes32",
  openedAt: "uint40",
  bond: "uint96",
  fee: "uint96",
} as const;

const QUESTION = {
  asker: "address",
  job: "bytes32",
  batch: "uint32",
  position: "uint32",
  ground: "uint8",
  resultRoot: "bytes32",
  answer: "bytes32",
  salt: "bytes32",
} as const;

const VERDICT = {
  verdict: "uint8",
  salt: "bytes32",
  juror: "address",
  id: "bytes32",
  panel: "uint8",
  jury: "address",
  chainId: "uint256",
} as const;

/** The dispute's name. */
export function hashDispute(dispute: Dispute): DisputeId {
  return hashStruct(DISPUTE, dispute);
}

/** Computes the commitment to a question. It is prepared at least a second before the question, and binds it to its asker. */
export function questionCommitment({
  asker,
  question,
}: {
  asker: Address;
  question: Question;
}): Hex {
  return hashStruct(QUESTION, { asker, ...question });
}

/** 32 random bytes. */
export function randomSalt(): Hex {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
}

/** Computes a juror's commitment to a verdict. */
export function verdictCommitment(vote: {
  /** A `Ruling`. */
  verdict: number;
  /** 32 random bytes: there are only four verdicts to guess. */
  salt: Hex;
  juror: Address;
  id: DisputeId;
  panel: number;
  /** The `JuryArbiter`. */
  jury: Address;
  chainId: number;
}): Hex {
  return hashStruct(VERDICT, vote);
}

/**
 * A line of a result manifest as the contract takes it.
 *
 * @throws {@link UnsupportedCidError}
 */
export function toResultLeaf(position: number, entry: ResultEntry): ResultLeaf {
  if (entry.outcome === Outcome.ok) {
    const { cid, byteLength } = entry;
    return { position, outcome: outcomeCode(Outcome.ok), cid: toChainCid(cid), byteLength };
  }
  const cid = { prefix: "0x00000000", digest: ZERO_HASH } as const;
  return { position, outcome: outcomeCode(entry.outcome), cid, byteLength: 0 };
}
