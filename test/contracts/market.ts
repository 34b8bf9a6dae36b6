/** A Marketplace on a chain of its own, inside the test's process, and what a test needs to talk to it. */
import hre from "hardhat";
import {
  type Address,
  type ContractErrorName,
  type ContractEventName,
  type ContractFunctionArgs,
  encodeAbiParameters,
  type GetContractReturnType,
  getAbiItem,
  getAddress,
  getContract,
  type Hex,
  isAddressEqual,
  keccak256,
  parseAbi,
  parseEventLogs,
  stringToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { expect } from "vitest";
import { marketplaceAbi } from "../../sdk/src/generated/marketplaceAbi.ts";
import { expectRevertOf } from "./reverts.ts";

type Network = Awaited<ReturnType<typeof hre.network.create>>;
type PublicClient = Awaited<ReturnType<Network["viem"]["getPublicClient"]>>;
type WalletClient = Awaited<ReturnType<Network["viem"]["getWalletClients"]>>[number];
type Marketplace = GetContractReturnType<
  typeof marketplaceAbi,
  { public: PublicClient; wallet: WalletClient }
>;

export type Terms = ContractFunctionArgs<typeof marketplaceAbi, "payable", "post">[0];
export type Spec = ContractFunctionArgs<typeof marketplaceAbi, "payable", "post">[1];
export type Cid = Spec["program"];

/** Unix seconds at which every chain of these tests begins. */
export const GENESIS = 2_000_000_000;
export const DAY = 86_400;
export const ETHER = 10n ** 18n;

export const JobStatus = { none: 0, posted: 1, cancelled: 2 } as const;
export const BatchStatus = {
  open: 0,
  claimed: 1,
  submitted: 2,
  settled: 3,
  questioned: 4,
  void: 5,
} as const;

/** What is burned is its credit. */
export const NOBODY: Address = "0x000000000000000000000000000000000000dEaD";

/** Those of a local chain. */
export const parameters = {
  unbondingSeconds: DAY,
  minChallengeWindowSeconds: 600,
  maxChallengeWindowSeconds: 7 * DAY,
  maxSubmitWindowSeconds: 7 * DAY,
  responseWindowSeconds: 600,
  disputeTimeoutSeconds: 7 * DAY,
  minStakePerBatch: 10n ** 15n,
  expiryPenaltyBps: 2000,
  releaseFeeBps: 100,
  slashBps: 5000,
  burnBps: 2000,
  challengerShareBps: 2500,
  challengeBondBps: 1000,
  demandBondBps: 100,
};

export const [termsType, specType] = getAbiItem({ abi: marketplaceAbi, name: "post" }).inputs;

/** A CID that nobody has the content of. */
export function cid(content: string, codec: "raw" | "dag-cbor" = "raw"): Cid {
  return {
    prefix: codec === "raw" ? "0x01551e20" : "0x01711e20",
    digest: keccak256(stringToHex(content)),
  };
}

export const spec: Spec = {
  program: cid("program"),
  manifest: cid("manifest", "dag-cbor"),
  inputRoot: keccak256(stringToHex("inputs")),
  memoryPages: 256,
  maxResultBytes: 1 << 20,
  maxSteps: 10n ** 10n,
  machineRoot: keccak256(stringToHex("machine")),
};

export function hashSpec(value: Spec): Hex {
  return keccak256(encodeAbiParameters([specType], [value]));
}

export function hashTerms(value: Terms): Hex {
  return keccak256(encodeAbiParameters([termsType], [value]));
}

/** Ten tasks in three batches of four, four and two. */
export function termsOf(requester: Address, changes: Partial<Terms> = {}): Terms {
  return {
    requester,
    token: zeroAddress,
    arbiter: zeroAddress,
    taskCount: 10,
    batchSize: 4,
    rewardPerTask: 1_000_000_000_000_007n,
    stakePerBatch: 10n ** 16n + 1n,
    minScore: 0,
    claimUntil: GENESIS + 10 * DAY,
    submitWindowSeconds: 3600,
    challengeWindowSeconds: 600,
    salt: 0x0123_4567_89ab_cdefn,
    specHash: hashSpec(spec),
    ...changes,
  };
}

/** Of a batch that nobody asked about. */
export const noInquiry = {
  round: 0,
  pending: 0,
  challenges: 0,
  demands: 0,
  frozenAt: 0,
  frozenSeconds: 0,
  fees: 0n,
};

/** A batch without a worker, as it is read; `round` counts the workers that were wrong. */
export function emptyBatch(
  status: typeof BatchStatus.open | typeof BatchStatus.void,
  { round = 0 } = {},
) {
  return {
    worker: zeroAddress,
    timestamp: 0,
    status,
    resultRoot: zeroHash,
    inquiry: { ...noInquiry, round },
  };
}

/** An account that calls the Marketplace. */
export interface Actor {
  address: Address;
  write: Marketplace["write"];
}

export interface MarketEvent {
  eventName: ContractEventName<typeof marketplaceAbi>;
  args: object;
}

export interface Market {
  address: Address;
  network: Network;
  client: PublicClient;
  read: Marketplace["read"];
  requester: Actor;
  worker: Actor;
  rival: Actor;
  stranger: Actor;
  /** What the contract owns, in wei. */
  balance(): Promise<bigint>;
  /** The time of the next block, Unix seconds. */
  at(timestamp: number): Promise<void>;
  /** Gas of a transaction that went through, and the Marketplace's events in it. */
  receipt(hash: Promise<Hex>): Promise<{ gasUsed: bigint; events: MarketEvent[] }>;
}

export const Ground = { none: 0, wrongResult: 1, unavailable: 2 } as const;
export const AskedStatus = { none: 0, pending: 1, ended: 2 } as const;
export const Ruling = {
  none: 0,
  workerRight: 1,
  workerWrong: 2,
  undecided: 3,
  bothWrong: 4,
  challengeFailed: 5,
} as const;
export const Manner = {
  proper: 0,
  reverting: 1,
  burningGas: 2,
  nonsense: 3,
  short: 4,
  long: 5,
} as const;

export const arbiterAbi = parseAbi([
  "function charge(uint256 fee)",
  "function behave(uint8 manner)",
  "function rule(bytes32 id, uint8 ruling)",
  "function opened(bytes32 id) view returns (bool)",
]);

/** An arbiter that rules what it is told. */
export interface Arbiter {
  address: Address;
  charge(feeWei: bigint): Promise<Hex>;
  behave(manner: (typeof Manner)[keyof typeof Manner]): Promise<Hex>;
  rule(id: Hex, ruling: (typeof Ruling)[keyof typeof Ruling]): Promise<Hex>;
  opened(id: Hex): Promise<boolean>;
  balance(): Promise<bigint>;
}

export async function deployArbiter(market: Market, feeWei: bigint): Promise<Arbiter> {
  const { network, client } = market;
  const { address } = await network.viem.deployContract("CommandedArbiter", [feeWei]);
  const wallet = await network.viem.getWalletClient(market.stranger.address);
  const arbiter = getContract({ abi: arbiterAbi, address, client: { public: client, wallet } });
  return {
    address: getAddress(address),
    charge: (fee) => arbiter.write.charge([fee]),
    behave: (manner) => arbiter.write.behave([manner]),
    rule: (id, ruling) => arbiter.write.rule([id, ruling]),
    opened: (id) => arbiter.read.opened([id]),
    balance: () => client.getBalance({ address }),
  };
}

/** What is asked of a batch; see `contracts/market/types/Question.sol`. */
export type Question = ContractFunctionArgs<typeof marketplaceAbi, "payable", "challenge">[1];

const [, questionType] = getAbiItem({ abi: marketplaceAbi, name: "challenge" }).inputs;

/** What an asker prepares. */
export function commitmentOf(asker: Address, question: Question): Hex {
  return keccak256(encodeAbiParameters([{ type: "address" }, questionType], [asker, question]));
}

/** Deploys a Marketplace, and the library that its code is linked with. */
export async function deployMarketplace(
  viem: Network["viem"],
  changes: Partial<typeof parameters> = {},
): Promise<{ address: Address }> {
  const { address: Remedies } = await viem.deployContract("Remedies");
  return viem.deployContract("Marketplace", [{ ...parameters, ...changes }], {
    libraries: { Remedies },
  });
}

/** Starts a chain at {@link GENESIS} with a Marketplace on it. */
export async function startMarket(changes: Partial<typeof parameters> = {}): Promise<Market> {
  const network = await hre.network.create({ override: { initialDate: new Date(GENESIS * 1000) } });
  const { viem, networkHelpers } = network;
  const { address } = await deployMarketplace(viem, changes);
  const client = await viem.getPublicClient();
  const wallets = await viem.getWalletClients();

  const contract = (wallet: WalletClient) =>
    getContract({ abi: marketplaceAbi, address, client: { public: client, wallet } });
  const actor = (index: number): Actor => {
    const wallet = wallets[index];
    if (wallet === undefined) throw new Error(`The chain has no account ${index}`);
    return { address: getAddress(wallet.account.address), write: contract(wallet).write };
  };

  return {
    address,
    network,
    client,
    read: getContract({ abi: marketplaceAbi, address, client }).read,
    requester: actor(1),
    worker: actor(2),
    rival: actor(3),
    stranger: actor(4),
    balance: () => client.getBalance({ address }),
    at: (timestamp) => networkHelpers.time.setNextBlockTimestamp(timestamp),
    async receipt(hash) {
      const receipt = await client.getTransactionReceipt({ hash: await hash });
      const { gasUsed } = receipt;
      const logs = receipt.logs.filter((log) => isAddressEqual(log.address, address));
      const parsed = parseEventLogs({ abi: marketplaceAbi, logs });
      expect(parsed).toHaveLength(logs.length);
      return { gasUsed, events: parsed.map(({ eventName, args }) => ({ eventName, args })) };
    },
  };
}

/** Asserts that a call reverts with this very error of the Marketplace and these very operands. */
export function expectRevert(
  call: Promise<unknown>,
  errorName: ContractErrorName<typeof marketplaceAbi>,
  args?: readonly unknown[],
): Promise<void> {
  return expectRevertOf(marketplaceAbi, call, errorName, args);
}
