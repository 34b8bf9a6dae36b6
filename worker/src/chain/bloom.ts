import { type Hex, hexToBytes, keccak256 } from "viem";

const BLOOM_BYTES = 256;
const BLOOM_BITS = 8 * BLOOM_BYTES;

/** The logs that a filter is asked about: those of one contract with one of some first topics. */
export interface Sought {
  /** Whether the filter may hold such logs. It may be wrong with `true`, and with `false` only if the chain fills in no filters. */
  isIn(logsBloom: Hex | null): boolean;
}

/** @see Ethereum yellow paper, 4.4.1 */
export function soughtLogs(address: Hex, topics: readonly Hex[]): Sought {
  const ofAddress = bitsOf(address);
  const ofTopics = topics.map(bitsOf);
  return {
    isIn(logsBloom) {
      const bloom = toFilter(logsBloom);
      if (bloom === undefined) return false;
      const has = (bits: readonly number[]) => bits.every((bit) => hasBit(bloom, bit));
      return has(ofAddress) && ofTopics.some(has);
    },
  };
}

/** The bytes of a filter; `undefined` if the filter is missing or empty. */
export function toFilter(logsBloom: Hex | null | undefined): Uint8Array | undefined {
  if (typeof logsBloom !== "string" || logsBloom.length !== 2 + 2 * BLOOM_BYTES) return undefined;
  const bloom = hexToBytes(logsBloom);
  return bloom.some((byte) => byte > 0) ? bloom : undefined;
}

/** The filter of some logs. */
export function filterOf(
  logs: readonly { address: Hex; topics: readonly Hex[] }[],
): Uint8Array<ArrayBuffer> {
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const item of new Set(logs.flatMap(({ address, topics }) => [address, ...topics]))) {
    for (const bit of bitsOf(item)) {
      const at = BLOOM_BYTES - 1 - (bit >> 3);
      bloom[at] = (bloom[at] ?? 0) | (1 << (bit & 7));
    }
  }
  return bloom;
}

/** Whether the filter `whole` holds everything that the filter `part` holds. */
export function isWithin(part: Uint8Array, whole: Uint8Array): boolean {
  return part.every((byte, i) => (byte & ~(whole[i] ?? 0)) === 0);
}

function bitsOf(item: Hex): readonly number[] {
  const hash = keccak256(item, "bytes");
  return [0, 2, 4].map((i) => (((hash[i] ?? 0) << 8) | (hash[i + 1] ?? 0)) % BLOOM_BITS);
}

function hasBit(bloom: Uint8Array, bit: number): boolean {
  return (((bloom[BLOOM_BYTES - 1 - (bit >> 3)] ?? 0) >> (bit & 7)) & 1) === 1;
}
