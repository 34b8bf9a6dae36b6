/** Where the ProofArbiter keeps what it stores: games, then requests, then credits. */
import { type Hex, numberToHex } from "viem";
import { mapped } from "../storage.ts";
import type { Table } from "./players.ts";

export const Stage = { none: 0, opened: 1, playing: 2, asking: 3, showing: 4, over: 5 } as const;

/** The first of a game's four slots. */
export const gameSlot = (dispute: Hex) => mapped(dispute, 0n);
/** The first of a request's three. */
export const requestSlot = (dispute: Hex) => mapped(dispute, 1n);
export const creditSlot = (account: Hex) => mapped(account, 2n);

/** Words in a row. */
export async function wordsFrom(
  { viem, address }: Pick<Table, "viem" | "address">,
  first: bigint,
  count: number,
): Promise<Hex[]> {
  const client = await viem.getPublicClient();
  const at = async (index: number) => {
    const slot = numberToHex(first + BigInt(index), { size: 32 });
    return (await client.getStorageAt({ address, slot })) ?? "0x";
  };
  return Promise.all(Array.from({ length: count }, (_, index) => at(index)));
}
