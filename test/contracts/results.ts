/** What a worker committed to, leaf by leaf: made the plain way, so that contract and SDK are both held to it. */
import { concat, encodeAbiParameters, type Hex, keccak256, stringToHex, zeroHash } from "viem";
import { type Cid, cid, type Terms } from "./market.ts";

export interface Leaf {
  position: number;
  outcome: number;
  cid: Cid;
  byteLength: number;
}

const RESULT_LEAF = keccak256(
  stringToHex(
    "AssayResult(uint256 position,uint8 outcome,bytes4 prefix,bytes32 digest,uint256 byteLength)",
  ),
);

export const noCid: Cid = { prefix: "0x00000000", digest: zeroHash };

export function hashLeaf({ position, outcome, cid, byteLength }: Leaf): Hex {
  return keccak256(
    encodeAbiParameters(
      ["bytes32", "uint256", "uint8", "bytes4", "bytes32", "uint256"].map((type) => ({ type })),
      [RESULT_LEAF, BigInt(position), outcome, cid.prefix, cid.digest, BigInt(byteLength)],
    ),
  );
}

const parent = (left: Hex, right: Hex) => keccak256(concat(["0x01", left, right]));

export class Results {
  readonly leaves: readonly Leaf[];
  private readonly levels: Hex[][];

  constructor(leaves: readonly Leaf[]) {
    this.leaves = leaves;
    const bottom = leaves.map(hashLeaf);
    while (!Number.isInteger(Math.log2(bottom.length))) bottom.push(zeroHash);
    this.levels = [bottom];
    for (let row = bottom; row.length > 1; ) {
      row = Array.from({ length: row.length / 2 }, (_, i) =>
        parent(row[2 * i] ?? zeroHash, row[2 * i + 1] ?? zeroHash),
      );
      this.levels.push(row);
    }
  }

  get root(): Hex {
    return this.levels.at(-1)?.[0] ?? zeroHash;
  }

  /** The leaf of a task and its siblings, from below. */
  open(position: number): { leaf: Leaf; hash: Hex; proof: Hex[] } {
    const index = this.leaves.findIndex((each) => each.position === position);
    const leaf = this.leaves[index];
    if (leaf === undefined) throw new Error(`There is no task ${position} in this batch`);
    const proof = this.levels
      .slice(0, -1)
      .map((row, level) => row[(index >> level) ^ 1] ?? zeroHash);
    return { leaf, hash: hashLeaf(leaf), proof };
  }
}

/** Results of a batch, the last one a trap. */
export function resultsOf({ taskCount, batchSize }: Terms, batch: number): Results {
  const first = batch * batchSize;
  const end = Math.min(first + batchSize, taskCount);
  return new Results(
    Array.from({ length: end - first }, (_, i) => {
      const position = first + i;
      return position === end - 1
        ? { position, outcome: 2, cid: noCid, byteLength: 0 }
        : { position, outcome: 1, cid: cid(`result ${position}`), byteLength: 1000 + position };
    }),
  );
}
