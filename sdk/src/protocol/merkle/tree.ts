import { keccakInto } from "../hashes/keccak.ts";

// `docs/protocol.md` §1: node = keccak256(0x01 ‖ left ‖ right), missing leaves up to a power of two are 32 zero bytes.

const HASH = 32;
const pair = new Uint8Array(1 + 2 * HASH);
pair[0] = 1;

/** Roots of the trees without leaves, by depth. They stand for missing subtrees. */
const emptyRoots: Uint8Array[] = [new Uint8Array(HASH)];

/** Root of an all-empty tree of `depth`. */
export function emptyRoot(depth: number): Uint8Array {
  for (let d = emptyRoots.length; d <= depth; d++) {
    const below = at(emptyRoots, d - 1);
    emptyRoots.push(hashPair(below, below));
  }
  return at(emptyRoots, depth);
}

/** Depth of the tree over `count` ≥ 1 leaves: ⌈log₂ count⌉. */
export function treeDepth(count: number): number {
  if (!Number.isSafeInteger(count) || count < 1 || count > 2 ** 32) {
    throw new RangeError(`A Merkle tree has 1 to 2^32 leaves, not ${count}`);
  }
  return count === 1 ? 0 : 32 - Math.clz32(count - 1);
}

/** The place of a list of nodes in a tree: at `level`, under a root at `depth`, both counted from the leaves. */
export interface Span {
  level: number;
  depth: number;
}

/** Root over `leaves` (32 bytes each, at least one). A million leaves take some seconds and 32 MB. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return foldNodes(leaves, { level: 0, depth: treeDepth(leaves.length) });
}

/** Folds the nodes of one level, missing ones on the right being empty, to the root at `depth`. */
export function foldNodes(nodes: readonly Uint8Array[], { level, depth }: Span): Uint8Array {
  if (nodes.length < 1 || nodes.length > 2 ** (depth - level)) {
    throw new RangeError(`${nodes.length} nodes do not fit a tree of depth ${depth - level}`);
  }
  if (level === depth) return Uint8Array.from(at(nodes, 0));

  // The first level is read from the list, every other is folded in place in one flat buffer.
  let count = Math.ceil(nodes.length / 2);
  const flat = new Uint8Array(count * HASH);
  for (let i = 0; i < count; i++) {
    const right = nodes[2 * i + 1] ?? emptyRoot(level);
    hashPairInto(at(nodes, 2 * i), right, flat, i * HASH);
  }
  for (let l = level + 1; l < depth; l++) {
    const parents = Math.ceil(count / 2);
    for (let i = 0; i < parents; i++) {
      const left = flat.subarray(2 * i * HASH, (2 * i + 1) * HASH);
      const right =
        2 * i + 1 < count ? flat.subarray((2 * i + 1) * HASH, (2 * i + 2) * HASH) : emptyRoot(l);
      hashPairInto(left, right, flat, i * HASH);
    }
    count = parents;
  }
  return flat.slice(0, HASH);
}

/** The siblings of leaf `index` from the leaf upwards: ⌈log₂ n⌉ of them. */
export function merkleProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  return proveNode(leaves, index, { level: 0, depth: treeDepth(leaves.length) });
}

/** The siblings on the way from node `index` of one level up to the root at `depth`. */
export function proveNode(
  nodes: readonly Uint8Array[],
  index: number,
  { level, depth }: Span,
): Uint8Array[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= nodes.length) {
    throw new RangeError(`There is no node ${index} among ${nodes.length}`);
  }
  const proof: Uint8Array[] = [];
  let row = nodes;
  for (let l = level, i = index; l < depth; l++, i >>>= 1) {
    proof.push(Uint8Array.from(row[i ^ 1] ?? emptyRoot(l)));
    const parents: Uint8Array[] = [];
    for (let j = 0; j < row.length; j += 2) {
      parents.push(hashPair(at(row, j), row[j + 1] ?? emptyRoot(l)));
    }
    row = parents;
  }
  return proof;
}

export interface MerkleProof {
  root: Uint8Array;
  leaf: Uint8Array;
  /** Of the leaf in its tree. */
  index: number;
  /** Leaves in the tree. */
  count: number;
  /** Siblings from the leaf upwards: exactly ⌈log₂ count⌉, 32 bytes each. */
  proof: readonly Uint8Array[];
}

/** Whether `leaf` is leaf number `index` of the tree of `count` leaves under `root`. Never throws on hostile input. */
export function verifyMerkleProof({ root, ...proof }: MerkleProof): boolean {
  const shown = rootOfProof(proof);
  return shown !== undefined && sameHash(shown, root);
}

/** The root of the tree of `count` leaves in which `leaf` is number `index`; `undefined` if the proof is none. Never throws on hostile input. */
export function rootOfProof({
  leaf,
  index,
  count,
  proof,
}: Omit<MerkleProof, "root">): Uint8Array | undefined {
  if (!Number.isSafeInteger(count) || count < 1 || count > 2 ** 32) return undefined;
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) return undefined;
  if (proof.length !== treeDepth(count) || leaf.length !== HASH) return undefined;
  if (proof.some((sibling) => sibling.length !== HASH)) return undefined;

  let node = leaf;
  let i = index;
  for (const sibling of proof) {
    node = i % 2 === 0 ? hashPair(node, sibling) : hashPair(sibling, node);
    i = Math.floor(i / 2);
  }
  return node;
}

/** Whether two hashes of 32 bytes are the same. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  const parent = new Uint8Array(HASH);
  hashPairInto(left, right, parent, 0);
  return parent;
}

function hashPairInto(left: Uint8Array, right: Uint8Array, out: Uint8Array, offset: number): void {
  pair.set(left, 1);
  pair.set(right, 1 + HASH);
  keccakInto(pair, out, offset);
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`There is no item ${index} among ${list.length}`);
  return item;
}
