/**
 * `@assay/sdk/protocol`: the computations on which all participants of the protocol must agree. Pure: no chain, no network, no platform
 * API.
 */

export type { AbortOptions } from "../concurrency/abortOptions.ts";
export { blake3 } from "./cid/blake3.ts";
export { type ChainCid, fromChainCid, isChainCid, toChainCid } from "./cid/chainCid.ts";
export { cidOf } from "./cid/cidOf.ts";
export type { BlockCodec } from "./cid/codec.ts";
export { verifyBlock } from "./cid/verifyBlock.ts";
export { type BlockReader, type Content, MAX_BLOCK_BYTES } from "./content/content.ts";
export { type GetBytesOptions, getBytes } from "./content/getBytes.ts";
export { joinBlock } from "./content/joinBlock.ts";
export { memoryContent } from "./content/memoryContent.ts";
export { MAX_CONTENT_BYTES, putBytes } from "./content/putBytes.ts";
export { decodeStrictly } from "./dagCbor/decodeStrictly.ts";
export { asCount, asRecord, asTuple } from "./dagCbor/fields.ts";
export {
  type Dispute,
  type DisputeId,
  Ground,
  type ResultLeaf,
  Ruling,
} from "./dispute/dispute.ts";
export {
  hashDispute,
  questionCommitment,
  randomSalt,
  toResultLeaf,
  verdictCommitment,
} from "./dispute/hash.ts";
export type { AskedQuestion, Inquiry, Question } from "./dispute/question.ts";
export { AssayError, type AssayErrorOptions } from "./errors/base.ts";
export {
  BlockMismatchError,
  ContentNotFoundError,
  ContentTooLargeError,
  MalformedContentError,
  UnsupportedCidError,
} from "./errors/content.ts";
export { ManifestError, type ManifestErrorCode } from "./errors/manifest.ts";
export { WireError } from "./errors/wire.ts";
export { bytesToHex, hexToBytes } from "./hashes/hex.ts";
export { keccakOfHex, keccakOfText } from "./hashes/keccak.ts";
export { hashStruct } from "./hashes/struct.ts";
export { batchCount, batchRange } from "./job/batches.ts";
export { type ClaimOrderParameters, claimKey, claimOrder } from "./job/claimOrder.ts";
export { type Execution, entryOf, isResultOf } from "./job/compare.ts";
export { jobDefaults } from "./job/defaults.ts";
export { type ChainJobSpec, hashSpec, hashTerms, toChainSpec } from "./job/hash.ts";
export {
  type InputEntry,
  type JobId,
  type JobSpec,
  type JobTerms,
  Outcome,
  outcomeCode,
  outcomeOfCode,
  type ResultEntry,
} from "./job/job.ts";
export { sampleTasks } from "./job/sample.ts";
export { PAGE_ENTRIES } from "./manifest/layout.ts";
export {
  type InputManifest,
  type OpenInputManifestParameters,
  type OpenResultManifestParameters,
  openInputManifest,
  openResultManifest,
  type ResultManifest,
} from "./manifest/read.ts";
export {
  type WrittenManifest,
  writeInputManifest,
  writeResultManifest,
} from "./manifest/write.ts";
export { bindRoot, isRootOf } from "./merkle/bound.ts";
export { inputLeaf, resultLeaf } from "./merkle/leaf.ts";
export {
  type MerkleProof,
  merkleProof,
  merkleRoot,
  rootOfProof,
  verifyMerkleProof,
} from "./merkle/tree.ts";
export {
  decodeBid,
  decodeOffer,
  encodeBid,
  encodeOffer,
} from "./offer/bytes.ts";
export { awardDigest, bidDigest, type OffersDomain, offerDigest } from "./offer/digest.ts";
export type {
  AnnouncedOffer,
  Award,
  Bid,
  Offer,
  SignedAward,
  SignedBid,
  SignedOffer,
} from "./offer/offer.ts";
export { costAt, RESERVED, rewardAt, termsOfOffer } from "./offer/price.ts";
export {
  type BidderRecord,
  isEligible,
  SELECTION_RULES,
  type Selection,
  type SelectionRule,
  type SelectWinnerParameters,
  selectWinner,
} from "./offer/selectWinner.ts";
export {
  type AwardTimes,
  awardTimes,
  nextTurn,
  partIn,
  type Turn,
  turnAt,
  turnBounds,
} from "./offer/turns.ts";
export {
  awardFields,
  bidFields,
  offerFields,
  readAward,
  readBid,
  readOffer,
} from "./offer/wire.ts";
export type { JobHint } from "./wire/jobHint.ts";
