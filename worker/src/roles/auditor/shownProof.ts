import { isRootOf, type MarketClient, type ResultLeaf, rootOfProof } from "@assay/sdk";
import {
  type Address,
  encodeAbiParameters,
  type Hex,
  hexToBytes,
  keccak256,
  parseAbiParameters,
  stringToHex,
} from "viem";
import { inputsOf } from "../../disputes/evidence/calldata.ts";

const RESULT_LEAF = keccak256(
  stringToHex(
    "AssayResult(uint256 position,uint8 outcome,bytes4 prefix,bytes32 digest,uint256 byteLength)",
  ),
);
const leafParameters = parseAbiParameters("bytes32, uint256, uint8, bytes4, bytes32, uint256");

const HASH = 32;
/** Where a proof may begin: ABI data is made of words, behind one selector of four bytes for each contract in between. */
const STEP = 4;
/** Longer calldata is not searched, in bytes: it would be there to cost us time. */
const LONGEST = 64 << 10;

/** A leaf that was shown on chain, and the tree that it stands in. */
export interface ShownLeaf {
  leaf: ResultLeaf;
  resultRoot: Hex;
  /** Whose results they are: the root may be bound to it. */
  worker: Address;
  /** The batch's tasks. */
  first: number;
  count: number;
}

/**
 * The siblings of a leaf that was shown on chain, from the calldata that showed it: the event does not repeat them, and a challenge
 * has to bring them. Whoever wants to keep them from us may show its leaf through a contract, so they are looked for wherever the
 * calldata has them, and then in the trace of the transaction, if the node keeps traces.
 * @returns `undefined` when they are nowhere.
 */
export async function findShownProof(
  { public: chain }: Pick<MarketClient, "public">,
  transactionHash: Hex,
  shown: ShownLeaf,
  signal: AbortSignal,
): Promise<Hex[] | undefined> {
  for await (const input of inputsOf(chain, transactionHash, signal)) {
    const proof = proofIn(input, shown);
    if (proof !== undefined) return proof;
  }
  return undefined;
}

/** Searches calldata for as many hashes in a row as the tree is deep that lead from the leaf to the root. */
export function proofIn(
  input: Hex,
  { leaf, resultRoot, worker, first, count }: ShownLeaf,
): Hex[] | undefined {
  const bytes = hexToBytes(input).subarray(0, LONGEST);
  const { position, outcome, cid, byteLength } = leaf;
  const hash = keccak256(
    encodeAbiParameters(leafParameters, [
      ...([RESULT_LEAF, BigInt(position), outcome] as const),
      ...([cid.prefix, cid.digest, BigInt(byteLength)] as const),
    ]),
    "bytes",
  );
  const committed = hexToBytes(resultRoot);
  const tree = { leaf: hash, index: position - first, count };
  const depth = count === 1 ? 0 : 32 - Math.clz32(count - 1);
  for (let from = 0; from + depth * HASH <= bytes.length; from += STEP) {
    const at = (i: number) => bytes.subarray(from + i * HASH, from + (i + 1) * HASH);
    const proof = Array.from({ length: depth }, (_, i) => at(i));
    const root = rootOfProof({ ...tree, proof });
    if (root !== undefined && isRootOf(committed, { root, worker })) {
      return proof.map((sibling) => `0x${Buffer.from(sibling).toString("hex")}` as const);
    }
  }
  return undefined;
}
