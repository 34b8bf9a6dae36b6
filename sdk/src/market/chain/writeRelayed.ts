import {
  type Address,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { marketplaceAbi } from "../../generated/marketplaceAbi.ts";
import type { SignedCall } from "../calls/rights.ts";
import { signedCallTypedData } from "../calls/signedCallTypedData.ts";
import type { BroughtCall, CallRelay, RelayPayment } from "../context/callRelay.ts";
import type { MarketContext, Wallet } from "../context/marketContext.ts";
import { CallNotBroughtError, RelayPaymentError } from "../errors/relay.ts";
import { readContract } from "./read.ts";

/** For how long a relayer may bring what was signed, in seconds. */
const VALID_SECONDS = 600n;

/** Nonces of a word of the contract. */
const WORD_BITS = 256n;

/** Nonces that were signed and not seen on the chain, by wallet: no two calls get the same. */
const signedNonces = new WeakMap<Wallet, Set<bigint>>();

/**
 * Signs a call of the Marketplace and has a relayer bring it; if it wants to be paid, with credit that the account gives it, within what the
 * client allows. The call has been simulated.
 *
 * @throws {@link RelayPaymentError} {@link RelayRefusedError} {@link RelayUnreachableError} {@link CallNotBroughtError}
 */
export async function bringRelayed(
  client: MarketContext,
  { wallet, relay }: { wallet: Wallet; relay: CallRelay },
  data: Hex,
  { signal }: AbortOptions,
): Promise<TransactionReceipt> {
  const call = await signFor(client, wallet, data, signal);
  const hash = await relay.bring([call], { signal }).then(
    ({ hash }) => hash,
    async (error) => {
      if (!(error instanceof RelayPaymentError)) throw error;
      const payment = await affordable(client, wallet, { relay, error }, signal);
      if (payment === undefined) throw error;
      const paid = await signFor(client, wallet, paymentData(error.to, payment), signal);
      // Whoever is paid out by the call has nothing left to pay with after it.
      return (await relay.bring([paid, call], { signal })).hash;
    },
  );
  const receipt = await abortable(
    client.public.waitForTransactionReceipt({ hash, confirmations: client.confirmations }),
    signal,
  );
  const isUsed = await isNonceUsed(client, call.call, signal);
  if (!isUsed || receipt.status !== "success") throw new CallNotBroughtError(hash);
  return { ...receipt, logs: ownLogs(client, receipt, wallet.account.address) };
}

async function signFor(
  client: MarketContext,
  wallet: Wallet,
  data: Hex,
  signal: AbortSignal | undefined,
): Promise<BroughtCall> {
  const { timestamp } = await abortable(client.public.getBlock(), signal);
  const call: SignedCall = {
    ...{ account: wallet.account.address, data, value: 0n },
    nonce: await unusedNonce(client, wallet, signal),
    deadline: timestamp + VALID_SECONDS,
  };
  const { marketplace } = client;
  const typed = signedCallTypedData({ marketplace, chainId: wallet.chain.id, call });
  return { call, signature: await abortable(wallet.signTypedData(typed), signal) };
}

/** The lowest that is neither used nor signed: the first use of a word costs more gas than the others. */
async function unusedNonce(
  client: MarketContext,
  wallet: Wallet,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const signed = signedNonces.get(wallet) ?? new Set();
  signedNonces.set(wallet, signed);
  for (let word = 0n; ; word++) {
    const used = await usedNonces(client, wallet.account.address, word, signal);
    for (let bit = 0n; bit < WORD_BITS; bit++) {
      const nonce = word * WORD_BITS + bit;
      const isUsed = ((used >> bit) & 1n) === 1n;
      if (isUsed) signed.delete(nonce);
      else if (!signed.has(nonce)) {
        signed.add(nonce);
        return nonce;
      }
    }
  }
}

function usedNonces(
  client: MarketContext,
  account: Address,
  word: bigint,
  signal: AbortSignal | undefined,
): Promise<bigint> {
  const contract = { address: client.marketplace, abi: marketplaceAbi } as const;
  return readContract(client, contract, "nonces", [account, word], { signal });
}

async function isNonceUsed(
  client: MarketContext,
  { account, nonce }: SignedCall,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const used = await usedNonces(client, account, nonce / WORD_BITS, signal);
  return ((used >> (nonce % WORD_BITS)) & 1n) === 1n;
}

/** What the relayer wants, in the first token of which the account has enough credit and the client allows as much. */
async function affordable(
  client: MarketContext,
  wallet: Wallet,
  { relay, error }: { relay: CallRelay; error: RelayPaymentError },
  signal: AbortSignal | undefined,
): Promise<RelayPayment | undefined> {
  const contract = { address: client.marketplace, abi: marketplaceAbi } as const;
  for (const { token, amount } of error.payments) {
    const most = relay.mostPaid.find((one) => isAddressEqual(one.token, token));
    if (most === undefined || amount > most.amount) continue;
    const args = [wallet.account.address, token] as const;
    const credit = await readContract(client, contract, "credit", args, { signal });
    if (credit >= amount) return { token, amount };
  }
  return undefined;
}

function paymentData(to: Address, { token, amount }: RelayPayment): Hex {
  return encodeFunctionData({
    abi: marketplaceAbi,
    functionName: "giveCredit",
    args: [to, token, amount],
  });
}

/** Those of a transaction's logs that are not about other accounts: a relayer brings many accounts' calls at once. */
function ownLogs(
  { marketplace }: MarketContext,
  { logs }: TransactionReceipt,
  account: Address,
): TransactionReceipt["logs"] {
  const isOthers = (log: (typeof logs)[number]) => {
    if (!isAddressEqual(log.address, marketplace)) return false;
    const [event] = parseEventLogs({ abi: marketplaceAbi, logs: [log] });
    if (event === undefined) return false;
    const { worker, account: of, owner, requester } = event.args as Record<string, unknown>;
    const whose = worker ?? of ?? owner ?? requester;
    return typeof whose === "string" && !isAddressEqual(whose as Address, account);
  };
  return logs.filter((log) => !isOthers(log));
}
