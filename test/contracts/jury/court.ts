/** A JuryArbiter on a chain of its own, inside the test's process, with a marketplace that only opens disputes. */
import hre from "hardhat";
import {
  type Abi,
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
  keccak256,
  parseAbi,
  parseEventLogs,
  stringToHex,
} from "viem";
import { expect } from "vitest";
import { juryArbiterAbi } from "../../../sdk/src/generated/juryArbiterAbi.ts";
import { expectRevertOf } from "../reverts.ts";

type Network = Awaited<ReturnType<typeof hre.network.create>>;
type PublicClient = Awaited<ReturnType<Network["viem"]["getPublicClient"]>>;
type WalletClient = Awaited<ReturnType<Network["viem"]["getWalletClients"]>>[number];
type Clients = { public: PublicClient; wallet: WalletClient };
type JuryArbiter = GetContractReturnType<typeof juryArbiterAbi, Clients>;
type ManualRandomness = GetContractReturnType<typeof manualRandomnessAbi, Clients>;

export type Dispute = ContractFunctionArgs<typeof juryArbiterAbi, "view" | "pure", "disputeId">[0];

/** Unix seconds at which every chain of these tests begins: the start of an epoch of one hour. */
export const GENESIS = 1_999_998_000;
export const HOUR = 3600;
export const DAY = 86_400;
export const ETHER = 10n ** 18n;

export const Ruling = {
  none: 0,
  workerRight: 1,
  workerWrong: 2,
  undecided: 3,
  bothWrong: 4,
  challengeFailed: 5,
} as const;
export type Ruling = (typeof Ruling)[keyof typeof Ruling];
/** What a juror can say. */
export const verdicts = [
  Ruling.workerRight,
  Ruling.workerWrong,
  Ruling.undecided,
  Ruling.bothWrong,
] as const;
export const Stage = {
  none: 0,
  drawing: 1,
  committing: 2,
  revealing: 3,
  stalled: 4,
  appealable: 5,
  final: 6,
  settled: 7,
} as const;

/** Odd amounts, so that nothing divides evenly by accident. */
export const parameters = {
  ticketWei: 10n ** 16n + 7n,
  seatFeeWei: 10n ** 15n + 1n,
  jurySize: 3,
  noShowSlashBps: 3000,
  minoritySlashBps: 2000,
  epochSeconds: HOUR,
  commitSeconds: 4 * HOUR,
  revealSeconds: 2 * HOUR,
  appealSeconds: DAY,
  unbondingSeconds: 7 * DAY,
};
export type Parameters = typeof parameters;

/** What slashes are, in wei. */
export const noShowSlash = (p: Parameters = parameters) =>
  (p.ticketWei * BigInt(p.noShowSlashBps)) / 10_000n;
export const minoritySlash = (p: Parameters = parameters) =>
  (p.ticketWei * BigInt(p.minoritySlashBps)) / 10_000n;

export const manualRandomnessAbi = parseAbi([
  "function requests() view returns (uint64)",
  "function request() returns (uint64)",
  "function status(uint64 id) view returns (uint8)",
  "function read(uint64 id, bytes proof) view returns (bytes32)",
  "function fulfil(uint64 id, bytes32 value)",
  "function lose(uint64 id)",
  "error Randomness_NotReady(uint64 id, uint8 status)",
  "error Randomness_WrongProof(uint64 id)",
]);

const [disputeType] = getAbiItem({ abi: juryArbiterAbi, name: "disputeId" }).inputs;

/** Of `HarnessMarketplace`. */
export const harnessAbi = [
  {
    type: "function",
    name: "open",
    stateMutability: "payable",
    inputs: [{ type: "address", name: "arbiter" }, disputeType],
    outputs: [],
  },
] as const;

export function hashDispute(dispute: Dispute): Hex {
  return keccak256(encodeAbiParameters([disputeType], [dispute]));
}

/** A local chain is the only one that these tests know. */
export const CHAIN_ID = 31_337n;

/** What a juror commits to, before this jury on this chain. */
export function commitmentOf(
  verdict: Ruling,
  salt: Hex,
  juror: Address,
  id: Hex,
  panel: number,
  jury: Address,
  chainId = CHAIN_ID,
): Hex {
  return keccak256(
    encodeAbiParameters(
      [
        { type: "uint8" },
        { type: "bytes32" },
        { type: "address" },
        { type: "bytes32" },
        { type: "uint8" },
        { type: "address" },
        { type: "uint256" },
      ],
      [verdict, salt, juror, id, panel, jury, chainId],
    ),
  );
}

/** An account that calls the jury. */
export interface Actor {
  address: Address;
  write: JuryArbiter["write"];
}

export interface JuryEvent {
  eventName: ContractEventName<typeof juryArbiterAbi>;
  args: object;
}

export interface OpenDispute {
  dispute: Dispute;
  id: Hex;
  gasUsed: bigint;
  /** Unix seconds. */
  openedAt: number;
}

export interface Court {
  address: Address;
  /** The one that opens the disputes. */
  marketplace: Address;
  parameters: Parameters;
  network: Network;
  client: PublicClient;
  read: JuryArbiter["read"];
  randomness: {
    address: Address;
    read: ManualRandomness["read"];
    write: ManualRandomness["write"];
  };
  requester: Actor;
  worker: Actor;
  challenger: Actor;
  stranger: Actor;
  /** Accounts that may become jurors. */
  jurors: readonly Actor[];
  /** The juror with this address. */
  actor(address: Address): Actor;
  /** Back to the moment after deployment. */
  reset(): Promise<void>;
  /** What the contract owns, in wei. */
  balance(): Promise<bigint>;
  /** The time of the next transaction, Unix seconds. */
  at(timestamp: number): Promise<void>;
  /** Makes an empty block at this time, Unix seconds: what is read then is as of this time. */
  passTo(timestamp: number): Promise<void>;
  now(): Promise<number>;
  /** Gas of a transaction that went through, and the jury's events in it. */
  receipt(hash: Promise<Hex>): Promise<{ gasUsed: bigint; events: JuryEvent[] }>;
  /** Each of the first `count` jurors deposits so many tickets; then an epoch passes. */
  enrol(count: number, tickets?: (index: number) => number): Promise<void>;
  /** A dispute that could be opened in the next second. */
  invent(changes?: Partial<Dispute>): Promise<Dispute>;
  /** The marketplace opens such a dispute. */
  open(changes?: Partial<Dispute>): Promise<OpenDispute>;
  /** Makes the current panel's randomness known, without drawing. */
  fulfil(id: Hex, value?: Hex): Promise<void>;
  /** Makes the randomness known, draws, and gives the jurors by seat. */
  draw(opened: OpenDispute, value?: Hex): Promise<Actor[]>;
  /** What a juror commits to here; its salt is its {@link saltOf}. */
  commitmentOf(verdict: Ruling, juror: Address, id: Hex, panel: number, salt?: Hex): Hex;
  /** For all of the juror's seats. */
  commit(id: Hex, panel: number, juror: Actor, verdict: Ruling): Promise<Hex>;
  reveal(id: Hex, panel: number, juror: Actor, verdict: Ruling): Promise<Hex>;
  /**
   * Every juror commits, then every juror reveals. One whose verdict is None does neither. Jurors and verdicts go by seat; of a juror
   * with several, the first counts.
   */
  vote(
    id: Hex,
    panel: number,
    jurors: readonly Actor[],
    verdicts: readonly Ruling[],
  ): Promise<void>;
  /** Passes to the end of the appeal window. */
  passAppeal(id: Hex): Promise<void>;
}

/** A juror's salt: any secret will do. */
export const saltOf = (juror: Address, id: Hex) => keccak256(`0x${juror.slice(2)}${id.slice(2)}`);

/** A source of randomness other than the tests' own, and how many blocks ahead it looks. */
export interface Source {
  name: "BlockRandomness" | "RandaoRandomness";
  delayBlocks: bigint;
}

/** Starts a chain at {@link GENESIS} with a jury on it. With a source of its own, `fulfil` and `draw` are not for it. */
export async function startCourt(changes: Partial<Parameters> = {}, own?: Source): Promise<Court> {
  const network = await hre.network.create({
    override: {
      initialDate: new Date(GENESIS * 1000),
      accounts: { count: 45, accountsBalance: String(10n ** 30n) },
    },
  });
  const { viem, networkHelpers } = network;
  const p = { ...parameters, ...changes };
  const { address: source } = own
    ? await viem.deployContract(own.name, [own.delayBlocks])
    : await viem.deployContract("ManualRandomness");
  const { address: marketplace } = await viem.deployContract("HarnessMarketplace");
  const { address } = await viem.deployContract("JuryArbiter", [
    { marketplace, randomness: source, ...p },
  ]);
  const client = await viem.getPublicClient();
  const wallets = await viem.getWalletClients();

  const wallet = (index: number): WalletClient => {
    const found = wallets[index];
    if (found === undefined) throw new Error(`The chain has no account ${index}`);
    return found;
  };
  const connect = <const abi extends Abi>(abi: abi, to: Address, index: number) =>
    getContract({ abi, address: to, client: { public: client, wallet: wallet(index) } });
  const actor = (index: number): Actor => ({
    address: getAddress(wallet(index).account.address),
    write: connect(juryArbiterAbi, address, index).write,
  });
  const read = connect(juryArbiterAbi, address, 0).read;
  const randomness = connect(manualRandomnessAbi, source, 0);
  const jurors = Array.from({ length: 40 }, (_, i) => actor(5 + i));
  const byAddress = new Map(jurors.map((juror) => [juror.address, juror]));
  const now = async () => Number((await client.getBlock()).timestamp);
  let opened = 0;
  let fresh = await networkHelpers.takeSnapshot();

  const court: Court = {
    address: getAddress(address),
    marketplace: getAddress(marketplace),
    parameters: p,
    network,
    client,
    read,
    randomness,
    requester: actor(1),
    worker: actor(2),
    challenger: actor(3),
    stranger: actor(4),
    jurors,
    actor(of) {
      const found = byAddress.get(getAddress(of));
      if (found === undefined) throw new Error(`${of} is no juror`);
      return found;
    },
    async reset() {
      await fresh.restore();
      // A snapshot is good for one return.
      fresh = await networkHelpers.takeSnapshot();
      opened = 0;
    },
    balance: () => client.getBalance({ address }),
    at: (timestamp) => networkHelpers.time.setNextBlockTimestamp(timestamp),
    passTo: async (timestamp) => {
      await networkHelpers.time.increaseTo(timestamp);
    },
    now,
    async receipt(hash) {
      const { gasUsed, logs } = await client.getTransactionReceipt({ hash: await hash });
      const parsed = parseEventLogs({ abi: juryArbiterAbi, logs });
      expect(parsed).toHaveLength(logs.length);
      return { gasUsed, events: parsed.map(({ eventName, args }) => ({ eventName, args })) };
    },
    async enrol(count, tickets = () => 1) {
      for (const [i, juror] of jurors.slice(0, count).entries()) {
        await juror.write.deposit({ value: p.ticketWei * BigInt(tickets(i)) });
      }
      await court.passTo((Math.floor((await now()) / p.epochSeconds) + 1) * p.epochSeconds);
    },
    async invent(disputeChanges = {}) {
      return {
        job: keccak256(stringToHex(`job ${++opened}`)),
        specHash: keccak256(stringToHex("spec")),
        batch: 3,
        round: 0,
        number: 1,
        position: 1234,
        ground: 1,
        requester: court.requester.address,
        worker: court.worker.address,
        challenger: court.challenger.address,
        resultRoot: keccak256(stringToHex("root")),
        resultLeaf: keccak256(stringToHex("leaf")),
        answer: keccak256(stringToHex("answer")),
        openedAt: (await now()) + 1,
        bond: ETHER,
        fee: BigInt(p.jurySize) * p.seatFeeWei,
        ...disputeChanges,
      };
    },
    async open(disputeChanges) {
      const dispute = await court.invent(disputeChanges);
      const market = connect(harnessAbi, marketplace, 3);
      const hash = await market.write.open([address, dispute], { value: dispute.fee });
      const { gasUsed } = await client.getTransactionReceipt({ hash });
      return { dispute, id: hashDispute(dispute), gasUsed, openedAt: await now() };
    },
    async fulfil(id, value = keccak256(stringToHex(`randomness ${opened}`))) {
      const standing = await read.standing([id]);
      await randomness.write.fulfil([standing.randomness, value]);
    },
    async draw({ dispute, id }, value) {
      await court.fulfil(id, value);
      await court.stranger.write.draw([dispute, "0x"]);
      const { panel } = await read.standing([id]);
      return (await read.panel([id, panel])).jurors.map(court.actor);
    },
    commitmentOf: (verdict, juror, id, panel, salt = saltOf(juror, id)) =>
      commitmentOf(verdict, salt, juror, id, panel, getAddress(address)),
    commit: (id, panel, juror, verdict) =>
      juror.write.commit([id, panel, court.commitmentOf(verdict, juror.address, id, panel)]),
    reveal: (id, panel, juror, verdict) =>
      juror.write.reveal([id, panel, verdict, saltOf(juror.address, id)]),
    async vote(id, panel, panelJurors, panelVerdicts) {
      const minds = new Map<Actor, Ruling>();
      for (const [seat, juror] of panelJurors.entries()) {
        if (!minds.has(juror)) minds.set(juror, panelVerdicts[seat] ?? Ruling.none);
      }
      const voters = [...minds].filter(([, verdict]) => verdict !== Ruling.none);
      for (const [juror, verdict] of voters) await court.commit(id, panel, juror, verdict);
      if (voters.length < minds.size) {
        const { commitEndsAt } = await read.panel([id, panel]);
        await court.passTo(commitEndsAt);
      }
      for (const [juror, verdict] of voters) await court.reveal(id, panel, juror, verdict);
      if (voters.length === 0) {
        const { revealEndsAt } = await read.panel([id, panel]);
        await court.passTo(revealEndsAt);
      }
    },
    async passAppeal(id) {
      const { stage, endsAt } = await read.standing([id]);
      expect(stage).toBe(Stage.appealable);
      await court.passTo(endsAt);
    },
  };
  return court;
}

const errorsAbi = [...juryArbiterAbi, ...manualRandomnessAbi];

/** Asserts that a call reverts with this very error of the jury and these very operands. */
export function expectRevert(
  call: Promise<unknown>,
  errorName:
    | ContractErrorName<typeof juryArbiterAbi>
    | ContractErrorName<typeof manualRandomnessAbi>,
  args?: readonly unknown[],
): Promise<void> {
  return expectRevertOf(errorsAbi, call, errorName, args);
}
