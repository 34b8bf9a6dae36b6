import {
  type Address,
  BaseError,
  type ContractFunctionArgs,
  type ContractFunctionName,
  type Hex,
  InsufficientFundsError,
  isAddressEqual,
  parseEventLogs,
  type TransactionReceipt,
  type Abi as WideAbi,
} from "viem";
import type { ChainContext, MarketContext } from "../clients/marketContext.ts";
import type { AbortOptions } from "../content/content.ts";
import { toContractError } from "../errors/contract.ts";
import { type ContractRevertError, contractErrors } from "../errors/contractRevert.ts";
import {
  AccountRequiredError,
  ChainDataError,
  InsufficientBalanceError,
  type TransactionReplacedError,
  TransactionRevertedError,
} from "../errors/market.ts";
import { marketplaceAbi } from "../generated/marketplaceAbi.ts";
import type { EventArgs, EventName } from "../types/marketEvent.ts";
import { awaitReceipt, type SentTransaction } from "./awaitReceipt.ts";
import { inTurn } from "./writeQueue.ts";

/** What every write takes. An abort after the transaction was sent ends the waiting, not the transaction. */
export type WriteParameters = AbortOptions;

/** What every write tells. */
export interface WriteReturnType {
  /** Of the transaction. */
  hash: Hex;
  blockNumber: bigint;
  gasUsed: bigint;
  /** Gas at the price paid, in wei, with the fee for the data where a rollup charges one. */
  feeWei: bigint;
}

/** What every write throws, besides what the Marketplace refuses and viem's own errors when the node is out of reach. */
export type WriteErrorType =
  | AccountRequiredError
  | InsufficientBalanceError
  | TransactionRevertedError
  | TransactionReplacedError;

type Abi = typeof marketplaceAbi;
type FunctionName = ContractFunctionName<Abi, "nonpayable" | "payable">;

export interface Call<Name extends FunctionName> {
  functionName: Name;
  args: ContractFunctionArgs<Abi, "nonpayable" | "payable", Name>;
  /** Wei sent along. */
  value?: bigint;
}

/** The gas limit is above the estimate: other people's transactions come between, and what is not used costs nothing. */
const GAS_MARGIN_PERCENT = 120n;

export interface Written extends WriteReturnType {
  receipt: TransactionReceipt;
}

/** A call of any contract. Who makes one from an ABI that is known at compile time has its types checked there. */
export interface ContractCall {
  address: Address;
  abi: WideAbi;
  functionName: string;
  args: readonly unknown[];
  /** Wei sent along. */
  value?: bigint;
}

/** Calls the Marketplace; see {@link writeContract}. */
export function write<Name extends FunctionName>(
  client: MarketContext,
  call: Call<Name>,
  options: WriteParameters,
): Promise<Written> {
  return writeContract(
    client,
    { address: client.marketplace, abi: marketplaceAbi, ...(call as Call<FunctionName>) },
    options,
  );
}

/**
 * Simulates a call, so that a refused one costs nothing; sends it; waits for its receipt.
 *
 * @throws {@link ContractRevertError} with the contract's own reason, before or after sending.
 */
export async function writeContract(
  client: ChainContext,
  call: ContractCall,
  { signal }: WriteParameters,
): Promise<Written> {
  const { wallet } = client;
  if (wallet === undefined) throw new AccountRequiredError(call.functionName);
  const turn = { chainId: wallet.chain.id, account: wallet.account.address };
  // A call may revert with an error of another contract that it led to.
  const decodable = { ...call, abi: [...call.abi, ...contractErrors] };
  const sent = await inTurn(turn, () => send(client, wallet, decodable), signal);
  const receipt = await awaitReceipt(client, sent, signal);
  const written = { hash: sent.hash, receipt, ...costOf(receipt) };
  if (receipt.status === "reverted") throw await explainRevert(client, wallet, decodable, written);
  return written;
}

type Wallet = NonNullable<ChainContext["wallet"]>;

async function send(
  client: ChainContext,
  wallet: Wallet,
  call: ContractCall,
): Promise<SentTransaction> {
  const { account, chain } = wallet;
  try {
    await client.public.simulateContract({ ...call, account });
    const estimate = await client.public.estimateContractGas({ ...call, account });
    const gas = (estimate * GAS_MARGIN_PERCENT) / 100n;
    const nonce = await client.public.getTransactionCount({
      address: account.address,
      blockTag: "pending",
    });
    const hash = await wallet.writeContract({ ...call, account, chain, gas, nonce });
    return { hash, from: account.address, nonce };
  } catch (error) {
    throw toContractError(error) ?? (await explainFailure(client, wallet, call, error));
  }
}

/** A node that lacks the money for a call says so in many ways, which viem has sorted out. */
async function explainFailure(
  client: ChainContext,
  wallet: Wallet,
  call: ContractCall,
  error: unknown,
): Promise<unknown> {
  const poor =
    error instanceof BaseError && error.walk((cause) => cause instanceof InsufficientFundsError);
  if (!poor) return error;
  const { address } = wallet.account;
  const available = await client.public.getBalance({ address });
  const needed = call.value ?? 0n;
  return new InsufficientBalanceError(address, { needed, available }, { cause: error });
}

/** The same call in the state that the transaction met tells what it met. */
async function explainRevert(
  client: ChainContext,
  wallet: Wallet,
  call: ContractCall,
  { hash, blockNumber, gasUsed, feeWei }: WriteReturnType,
): Promise<ContractRevertError | TransactionRevertedError> {
  try {
    await client.public.simulateContract({ ...call, account: wallet.account, blockNumber });
  } catch (error) {
    const reason = toContractError(error);
    if (reason === undefined) return new TransactionRevertedError(hash, { cause: error });
    reason.transaction = { hash, blockNumber, gasUsed, feeWei };
    return reason;
  }
  return new TransactionRevertedError(hash);
}

function costOf(receipt: TransactionReceipt): Omit<WriteReturnType, "hash"> {
  const { blockNumber, gasUsed, effectiveGasPrice } = receipt;
  // OP-stack chains charge for a transaction's data besides its gas.
  const l1Fee: unknown = "l1Fee" in receipt ? receipt.l1Fee : undefined;
  const dataFee = typeof l1Fee === "bigint" ? l1Fee : 0n;
  return { blockNumber, gasUsed, feeWei: gasUsed * effectiveGasPrice + dataFee };
}

/** The arguments of every event `name` that the Marketplace emitted in the transaction. */
export function eventsOf<const Name extends EventName>(
  client: MarketContext,
  { receipt }: Written,
  name: Name,
): EventArgs<Name>[] {
  const logs = receipt.logs.filter(({ address }) => isAddressEqual(address, client.marketplace));
  const events = parseEventLogs({ abi: marketplaceAbi, eventName: name, logs });
  return events.map((event) => event.args as unknown as EventArgs<Name>);
}

/** The arguments of the one event `name` that the transaction must have emitted. */
export function eventOf<const Name extends EventName>(
  client: MarketContext,
  written: Written,
  name: Name,
): EventArgs<Name> {
  const [event] = eventsOf(client, written, name);
  if (event === undefined) throw new ChainDataError(`no ${name} in transaction ${written.hash}`);
  return event;
}

/** What a write tells about its transaction, without the receipt. */
export function transactionOf(written: Written): WriteReturnType {
  const { hash, blockNumber, gasUsed, feeWei } = written;
  return { hash, blockNumber, gasUsed, feeWei };
}
