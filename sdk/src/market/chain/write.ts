import {
  type Address,
  BaseError,
  type ContractFunctionArgs,
  type ContractFunctionName,
  encodeFunctionData,
  type Hex,
  InsufficientFundsError,
  isAddressEqual,
  parseEventLogs,
  type TransactionReceipt,
  type Abi as WideAbi,
} from "viem";
import { abortable } from "../../concurrency/abortable.ts";
import type { AbortOptions } from "../../concurrency/abortOptions.ts";
import { marketplaceAbi } from "../../generated/marketplaceAbi.ts";
import type { ChainContext, MarketContext, Wallet } from "../context/marketContext.ts";
import { toContractError } from "../errors/contract.ts";
import { type ContractRevertError, contractErrors } from "../errors/contractRevert.ts";
import type {
  MarketplaceMismatchError,
  MarketplaceNotFoundError,
  WrongChainError,
} from "../errors/deployment.ts";
import {
  AccountRequiredError,
  ChainDataError,
  type FeeCapError,
  InsufficientBalanceError,
  TransactionDroppedError,
  type TransactionReplacedError,
  TransactionRevertedError,
} from "../errors/market.ts";
import { awaitMined } from "../transactions/awaitMined.ts";
import { endLeftovers, send } from "../transactions/send.ts";
import { addWaiter, removeWaiter } from "../transactions/waiting.ts";
import { inTurn } from "../transactions/writeQueue.ts";
import type { EventArgs, EventName } from "./marketEvent.ts";
import { requireMarketplace, requireWalletChain } from "./requireMarketplace.ts";
import { bringRelayed } from "./writeRelayed.ts";

/** The parameters of every write. An abort after the transaction was sent ends the waiting, not the transaction. */
export type WriteParameters = AbortOptions;

/** The result of every write. */
export interface WriteReturnType {
  /** Of the transaction. */
  hash: Hex;
  blockNumber: bigint;
  gasUsed: bigint;
  /** Gas at the price paid, in wei, with the fee for the data where a rollup charges one. */
  feeWei: bigint;
}

/** The errors of every write, besides the Marketplace's refusals and viem's own errors when the node is unreachable. */
export type WriteErrorType =
  | AccountRequiredError
  | InsufficientBalanceError
  | TransactionRevertedError
  | TransactionReplacedError
  | TransactionDroppedError
  | FeeCapError
  | DeploymentErrorType;

/** The errors of every call when the client's Marketplace is not where it says. */
export type DeploymentErrorType =
  | WrongChainError
  | MarketplaceNotFoundError
  | MarketplaceMismatchError;

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

/** A call of any contract. If its ABI is known at compile time, its types are checked where the call is made. */
export interface ContractCall {
  address: Address;
  abi: WideAbi;
  functionName: string;
  args: readonly unknown[];
  /** Wei sent along. */
  value?: bigint;
  /** Limit of gas. Default: an estimate, and a fifth more. */
  gas?: bigint | undefined;
}

export interface WriteOptions extends WriteParameters {
  /**
   * Whether others race for the same call. Then it is simulated on top of the transactions that wait for the next block, where the endpoint
   * knows them, so that whoever comes second pays no gas.
   */
  isRace?: boolean;
}

/**
 * Calls the Marketplace; see {@link writeContract}.
 *
 * @throws {@link WrongChainError} {@link MarketplaceNotFoundError} {@link MarketplaceMismatchError} before anything is sent.
 */
export async function write<Name extends FunctionName>(
  client: MarketContext,
  call: Call<Name>,
  options: WriteOptions,
): Promise<Written> {
  if (client.wallet === undefined) throw new AccountRequiredError(call.functionName);
  await requireMarketplace(client, options.signal);
  const contract = { address: client.marketplace, abi: marketplaceAbi };
  const made: ContractCall = { ...contract, ...(call as Call<FunctionName>) };
  const { wallet, relay } = client;
  // Coins can only come from the account itself.
  if (relay === undefined || (call.value ?? 0n) > 0n) return writeContract(client, made, options);
  await refuseIfReverts(client, wallet, made, options);
  const receipt = await bringRelayed(client, { wallet, relay }, encodeFunctionData(made), options);
  return { hash: receipt.transactionHash, receipt, ...costOf(receipt), feeWei: 0n };
}

/** A relayer would refuse it too, and say less about why. */
async function refuseIfReverts(
  client: ChainContext,
  { account }: Wallet,
  call: ContractCall,
  { signal }: WriteOptions,
): Promise<void> {
  const decodable = { ...call, abi: [...call.abi, ...contractErrors] };
  try {
    await abortable(client.public.simulateContract({ ...decodable, account }), signal);
  } catch (error) {
    throw toContractError(error) ?? error;
  }
}

/**
 * Simulates a call, so that a refused one costs nothing; sends it; waits for its receipt.
 *
 * @throws {@link ContractRevertError} with the contract's own reason, before or after sending.
 */
export async function writeContract(
  client: ChainContext,
  call: ContractCall,
  { signal, isRace = false }: WriteOptions,
): Promise<Written> {
  const { wallet } = client;
  if (wallet === undefined) throw new AccountRequiredError(call.functionName);
  // A call may revert with an error of another contract that it led to.
  const decodable = { ...call, abi: [...call.abi, ...contractErrors] };
  let nonce: number | undefined;
  let gaveUp = false;
  try {
    nonce = await inTurn(
      wallet,
      async () => {
        const sent = await simulateAndSend(client, wallet, decodable, { isRace, signal });
        if (!gaveUp) addWaiter(wallet, sent);
        return sent;
      },
      signal,
    );
    const receipt = await awaitMined(client, wallet, { nonce }, signal);
    const written = { hash: receipt.transactionHash, receipt, ...costOf(receipt) };
    if (receipt.status === "reverted") {
      throw await explainRevert(client, wallet, decodable, written);
    }
    return written;
  } catch (error) {
    if (!(error instanceof TransactionDroppedError)) throw error;
    throw toContractError(await refusalOf(client, wallet, decodable)) ?? error;
  } finally {
    gaveUp = true;
    if (nonce !== undefined) removeWaiter(wallet, nonce);
  }
}

async function simulateAndSend(
  client: ChainContext,
  wallet: Wallet,
  call: ContractCall,
  { isRace, signal }: { isRace: boolean; signal: AbortSignal | undefined },
): Promise<number> {
  const { account } = wallet;
  await abortable(requireWalletChain(client, wallet), signal);
  await endLeftovers(client, wallet, signal);
  const { address: to, functionName: action, value = 0n } = call;
  try {
    const blockTag = isRace ? await simulateOnPending(client, wallet, call) : "latest";
    if (blockTag === "latest") await client.public.simulateContract({ ...call, account });
    const gas = call.gas ?? (await estimateGas(client, wallet, call, blockTag));
    const data = encodeFunctionData(call);
    return await send(client, wallet, { to, data, value, gas, action }, signal);
  } catch (error) {
    throw toContractError(error) ?? (await explainFailure(client, wallet, call, error));
  }
}

async function estimateGas(
  client: ChainContext,
  { account }: Wallet,
  call: ContractCall,
  blockTag: "latest" | "pending",
): Promise<bigint> {
  const estimate = await client.public.estimateContractGas({ ...call, account, blockTag });
  return (estimate * GAS_MARGIN_PERCENT) / 100n;
}

/**
 * Simulates a call in the next block: others' transactions that wait count there, and the time is later. Where blocks come only with transactions,
 * a turn that has begun since the latest one would never come there.
 *
 * @returns the block to go by: the latest one if the endpoint has no pending one, which is no reason not to send.
 */
async function simulateOnPending(
  client: ChainContext,
  { account }: Wallet,
  call: ContractCall,
): Promise<"latest" | "pending"> {
  try {
    await client.public.simulateContract({ ...call, account, blockTag: "pending" });
    return "pending";
  } catch (error) {
    if (toContractError(error) !== undefined) throw error;
    return "latest";
  }
}

/** What a simulation of the call throws now. */
async function refusalOf(
  client: ChainContext,
  { account }: Wallet,
  call: ContractCall,
): Promise<unknown> {
  try {
    await client.public.simulateContract({ ...call, account });
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * Explains why a call failed. Nodes report a lack of money in many ways, some of them unreadable, so the balance is checked, too.
 */
async function explainFailure(
  client: ChainContext,
  wallet: Wallet,
  call: ContractCall,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof BaseError)) return error;
  const isPoor = (cause: unknown) =>
    cause instanceof InsufficientFundsError ||
    (cause instanceof BaseError && InsufficientFundsError.nodeMessage.test(cause.details));
  const { address } = wallet.account;
  const needed = call.value ?? 0n;
  const available = await client.public.getBalance({ address }).catch(() => undefined);
  if (available === undefined) return error;
  return error.walk(isPoor) !== null || available < needed || available === 0n
    ? new InsufficientBalanceError(address, { needed, available }, { cause: error })
    : error;
}

/** Repeats the call in the state that the transaction met, to find the reason of its revert. */
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

/** The result of a write without its receipt. */
export function transactionOf(written: Written): WriteReturnType {
  const { hash, blockNumber, gasUsed, feeWei } = written;
  return { hash, blockNumber, gasUsed, feeWei };
}
