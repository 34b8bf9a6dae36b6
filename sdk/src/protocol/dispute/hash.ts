import {
  type Address,
  bytesToHex,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbiParameters,
  zeroHash,
} from "viem";
import { toChainCid } from "../cid/chainCid.ts";
import { Outcome, type ResultEntry } from "../job/job.ts";
import type { Dispute, DisputeId, ResultLeaf } from "./dispute.ts";
import type { Question } from "./question.ts";

const disputeParameters = parseAbiParameters([
  "Dispute dispute",
  "struct Dispute { bytes32 job; bytes32 specHash; uint32 batch; uint32 round; uint32 number; uint32 position; uint8 ground; address requester; address worker; address challenger; bytes32 resultRoot; bytes32 resultLeaf; bytes32 answer; uint40 openedAt; uint96 bond; uint96 fee; }",
]);

const questionParameters = parseAbiParameters([
  "address asker, Question question",
  "struct Question { bytes32 job; uint32 batch; uint32 position; uint8 ground; bytes32 resultRoot; bytes32 answer; bytes32 salt; }",
]);

const verdictParameters = parseAbiParameters(
  "uint8 verdict, bytes32 salt, address juror, bytes32 id, uint8 panel, address jury, uint256 chainId",
);

/** The dispute's name. */
export function hashDispute(dispute: Dispute): DisputeId {
  return keccak256(encodeAbiParameters(disputeParameters, [dispute]));
}

/** What is prepared at least a second before a question is asked, and binds it to its asker. */
export function questionCommitment({
  asker,
  question,
}: {
  asker: Address;
  question: Question;
}): Hex {
  return keccak256(encodeAbiParameters(questionParameters, [asker, question]));
}

/** 32 random bytes. */
export function randomSalt(): Hex {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
}

/** What a juror commits to. */
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
  const { verdict, salt, juror, id, panel, jury, chainId } = vote;
  const values = [verdict, salt, juror, id, panel, jury, BigInt(chainId)] as const;
  return keccak256(encodeAbiParameters(verdictParameters, values));
}

/**
 * A line of a result manifest as the contract takes it.
 *
 * @throws {@link UnsupportedCidError}
 */
export function toResultLeaf(position: number, entry: ResultEntry): ResultLeaf {
  if (entry.outcome === Outcome.ok) {
    const { outcome, cid, byteLength } = entry;
    return { position, outcome, cid: toChainCid(cid), byteLength };
  }
  const cid = { prefix: "0x00000000", digest: zeroHash } as const;
  return { position, outcome: entry.outcome, cid, byteLength: 0 };
}
