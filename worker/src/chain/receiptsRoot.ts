import type { BlockReceipts } from "@assay/sdk";
import { concat, type Hex, toHex, toRlp } from "viem";
import { minimal } from "./rlpNumber.ts";
import { listRoot } from "./trieRoot.ts";

type Receipt = BlockReceipts[number];
type Item = Hex | Item[];

/** Of a rollup's deposits (OP Stack): its receipts have two fields more. */
const DEPOSIT_TYPE = 0x7e;
type DepositReceipt = Receipt & { depositNonce?: Hex; depositReceiptVersion?: Hex };

/**
 * The root of the trie of a block's receipts.
 * @param receipts - all of them, in the order of the transactions.
 * @see Ethereum yellow paper, 4.4.1; EIP-2718
 */
export function receiptsRoot(receipts: BlockReceipts): Hex {
  return listRoot(receipts.map(encode));
}

function typeOf({ type }: Pick<Receipt, "type">): number {
  return Number(type ?? 0);
}

function encode(receipt: Receipt): Hex {
  const { status, root, cumulativeGasUsed, logs } = receipt;
  const outcome = status === undefined || status === null ? (root ?? "0x") : minimal(status);
  const fields: Item[] = [
    outcome,
    minimal(cumulativeGasUsed),
    receipt.logsBloom,
    logs.map(({ address, topics, data }): Item => [address, [...topics], data]),
  ];
  const type = typeOf(receipt);
  if (type === DEPOSIT_TYPE) {
    const { depositNonce, depositReceiptVersion } = receipt as DepositReceipt;
    for (const field of [depositNonce, depositReceiptVersion]) {
      if (field !== undefined) fields.push(minimal(field));
    }
  }
  const encoded = toRlp(fields as never);
  return type === 0 ? encoded : concat([toHex(type, { size: 1 }), encoded]);
}
