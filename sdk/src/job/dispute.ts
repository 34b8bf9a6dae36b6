import {
  type Address,
  encodeAbiParameters,
  getAddress,
  type Hex,
  keccak256,
  parseAbiParameters,
  slice,
  zeroHash,
} from "viem";
import { toChainCid } from "../cid/chainCid.ts";
import type { Demand, Dispute, DisputeId, ResultLeaf } from "../types/dispute.ts";
import { type JobId, Outcome, type ResultEntry } from "../types/job.ts";

const disputeParameters = parseAbiParameters([
  "Dispute dispute",
  "struct Dispute { bytes32 job; bytes32 specHash; uint32 batch; uint32 position; uint8 ground; address requester; address worker; address challenger; bytes32 resultRoot; bytes32 resultLeaf; uint40 openedAt; uint96 bond; uint96 fee; }",
]);

/** The dispute's name. */
export function hashDispute(dispute: Dispute): DisputeId {
  return keccak256(encodeAbiParameters(disputeParameters, [dispute]));
}

/** What is prepared at least one block before a challenge, and binds it to its sender. */
export function challengeCommitment(challenge: {
  challenger: Address;
  jobId: JobId;
  batch: number;
  position: number;
  ground: number;
  /** 32 bytes that nobody else knows. */
  salt: Hex;
}): Hex {
  const { challenger, jobId, batch, position, ground, salt } = challenge;
  return keccak256(
    encodeAbiParameters(parseAbiParameters("address, bytes32, uint32, uint32, uint8, bytes32"), [
      ...([challenger, jobId, batch, position, ground, salt] as const),
    ]),
  );
}

/** What a juror commits to. */
export function verdictCommitment(vote: {
  /** A `Ruling`. */
  verdict: number;
  /** 32 random bytes: there are only three verdicts to guess. */
  salt: Hex;
  juror: Address;
  id: DisputeId;
  panel: number;
}): Hex {
  const { verdict, salt, juror, id, panel } = vote;
  return keccak256(
    encodeAbiParameters(parseAbiParameters("uint8, bytes32, address, bytes32, uint8"), [
      ...([verdict, salt, juror, id, panel] as const),
    ]),
  );
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

/** The demand in a demanded batch's `question`: `contracts/market/types/Demand.sol` has its bits. */
export function decodeDemand(question: Hex): Demand {
  return {
    position: Number(slice(question, 3, 7)),
    openedAt: Number(slice(question, 7, 12)),
    challenger: getAddress(slice(question, 12, 32)),
  };
}
