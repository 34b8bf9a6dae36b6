import { concat, type Hex, hexToBytes, keccak256, toHex, toRlp } from "viem";
import { minimal } from "./rlpNumber.ts";

interface Entry {
  /** The rest of its key, in nibbles. */
  path: readonly number[];
  value: Hex;
}

type Node = Hex | readonly Node[];

/**
 * Computes the root of the Merkle Patricia trie of a list, as a block's header has it for transactions and receipts. It does no more than
 * that: the library for readable and mutable tries takes five megabytes of an idle node. Tests compare this function with that library.
 * @see Ethereum yellow paper, appendix D
 */
export function listRoot(values: readonly Hex[]): Hex {
  const entries = values.map((value, i): Entry => {
    const key = hexToBytes(toRlp(minimal(i)));
    return { path: [...key].flatMap((byte) => [byte >> 4, byte & 15]), value };
  });
  return keccak256(toRlp(nodeOf(entries) as never));
}

function nodeOf(entries: readonly Entry[]): Node {
  const [first, ...others] = entries;
  if (first === undefined) return "0x";
  if (others.length === 0) return [compact(first.path, { isLeaf: true }), first.value];
  const shared = first.path.findIndex((step, i) => others.some(({ path }) => path[i] !== step));
  if (shared > 0) {
    const rest = entries.map(({ path, value }) => ({ path: path.slice(shared), value }));
    return [compact(first.path.slice(0, shared), { isLeaf: false }), referenceTo(nodeOf(rest))];
  }
  const branches = Array.from({ length: 16 }, (_, step) =>
    entries
      .filter(({ path }) => path[0] === step)
      .map(({ path, value }) => ({ path: path.slice(1), value })),
  );
  // No key is a prefix of another, so no branch holds a value itself.
  return [...branches.map((branch) => referenceTo(nodeOf(branch))), "0x"];
}

/** Refers to a node: by its hash if the node has 32 bytes or more. */
function referenceTo(node: Node): Node {
  const encoded = toRlp(node as never);
  return node === "0x" || encoded.length < 2 + 2 * 32 ? node : keccak256(encoded);
}

/** Encodes a path as bytes. The first byte says whether the number of nibbles is odd, and whether the path ends at a value. */
function compact(path: readonly number[], { isLeaf }: { isLeaf: boolean }): Hex {
  const isOdd = path.length % 2 === 1;
  const flags = (isLeaf ? 2 : 0) + (isOdd ? 1 : 0);
  const steps = isOdd ? [flags, ...path] : [flags, 0, ...path];
  const bytes = Array.from({ length: steps.length / 2 }, (_, i) =>
    toHex((steps[2 * i] ?? 0) * 16 + (steps[2 * i + 1] ?? 0), { size: 1 }),
  );
  return concat(bytes);
}
