import { type Hex, hexToBytes, keccak256 } from "viem";

const BLOOM_BITS = 2_048;
/** Of a filter with more bits than this nearly everything seems to be in it. */
const TELLING_BITS = BLOOM_BITS / 2;

/**
 * Whether a block's filter says that it has logs of this contract with one of these first topics. False alarms happen, misses do not; a
 * filter that is empty (some chains fill in none) or more than half full says nothing.
 * @see Ethereum yellow paper, 4.4.1
 */
export function bloomTellsOf(logsBloom: Hex | null, address: Hex, topics: readonly Hex[]): boolean {
  if (logsBloom === null || logsBloom.length !== 2 + BLOOM_BITS / 4) return false;
  const bloom = hexToBytes(logsBloom);
  if (bitCount(bloom) > TELLING_BITS) return false;
  return isIn(bloom, address) && topics.some((topic) => isIn(bloom, topic));
}

function isIn(bloom: Uint8Array, item: Hex): boolean {
  const hash = keccak256(item, "bytes");
  return [0, 2, 4].every((i) => {
    const bit = (((hash[i] ?? 0) << 8) | (hash[i + 1] ?? 0)) % BLOOM_BITS;
    const byte = bloom[bloom.length - 1 - (bit >> 3)] ?? 0;
    return ((byte >> (bit & 7)) & 1) === 1;
  });
}

function bitCount(bytes: Uint8Array): number {
  let count = 0;
  for (let byte of bytes) for (; byte > 0; byte &= byte - 1) count++;
  return count;
}
