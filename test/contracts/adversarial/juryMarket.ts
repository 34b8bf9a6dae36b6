/**
 * The real Marketplace with the real JuryArbiter, and the parameters of an L2 (`ignition/parameters/base.json`). Only the randomness is
 * the tests' own, and gas is free: what an attack wins or loses is then what the rules give it.
 */
import { readFile } from "node:fs/promises";
import hre from "hardhat";
import {
  type Address,
  formatEther,
  type GetContractReturnType,
  getAddress,
  getContract,
  type Hex,
  keccak256,
  parseEventLogs,
  stringToHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { expect } from "vitest";
import { juryArbiterAbi } from "../../../sdk/src/generated/juryArbiterAbi.ts";
import { marketplaceAbi } from "../../../sdk/src/generated/marketplaceAbi.ts";
import {
  type Dispute,
  GENESIS,
  HOUR,
  harnessAbi,
  manualRandomnessAbi,
  Ruling,
  Stage,
  saltOf,
  commitmentOf as verdictCommitment,
} from "../jury/court.ts";
import {
  cid,
  commitmentOf,
  DAY,
  deployMarketplace,
  Ground,
  hashTerms,
  type Question,
  spec,
  type Terms,
  termsOf,
} from "../market.ts";
import { type Results, resultsOf } from "../results.ts";

type Network = Awaited<ReturnType<typeof hre.network.create>>;
type PublicClient = Awaited<ReturnType<Network["viem"]["getPublicClient"]>>;
type Wallet = Awaited<ReturnType<Network["viem"]["getWalletClients"]>>[number];
type Clients = { public: PublicClient; wallet: Wallet };

/** An account, and what it calls. */
export interface Party {
  address: Address;
  wallet: Wallet;
  market: GetContractReturnType<typeof marketplaceAbi, Clients>["write"];
  jury: GetContractReturnType<typeof juryArbiterAbi, Clients>["write"];
}

/**
 * A batch that was submitted: tasks 0 to 3 of a job of its own. Whom a draw finds depends on the dispute's name, so what is in that does
 * not depend on how long the test takes: it begins with a full hour, and is challenged ten minutes later.
 */
export interface Work {
  terms: Terms;
  job: Hex;
  results: Results;
  /** Unix seconds. */
  challengedAt: number;
}

export interface Asked {
  dispute: Dispute;
  id: Hex;
}

export interface JuryMarket {
  market: Address;
  jury: Address;
  network: Network;
  client: PublicClient;
  readMarket: GetContractReturnType<typeof marketplaceAbi, PublicClient>["read"];
  readJury: GetContractReturnType<typeof juryArbiterAbi, PublicClient>["read"];
  marketParameters: Parameters["Marketplace"];
  juryParameters: Parameters["JuryArbiter"];
  /** Account `index`. Nobody is anybody else. */
  party(index: number): Party;
  now(): Promise<number>;
  passTo(timestamp: number): Promise<void>;
  /** The time of the next transaction, Unix seconds. */
  at(timestamp: number): Promise<void>;
  /** Everybody deposits so many tickets with the jury; then an epoch passes. */
  enrol(jurors: readonly (readonly [Party, number])[]): Promise<void>;
  /** `worker` does a batch of a job of `requester`'s: four tasks for 0.05 ether, with a stake of 0.05 ether. */
  work(requester: Party, worker: Party): Promise<Work>;
  /** The question of task 1 of this work; a leaf made up is the answer. */
  question(work: Work, changes?: Partial<Question>): Question;
  /** Prepares this question. */
  prepare(by: Party, question: Question): Promise<void>;
  /** Asks what was prepared, as the first challenge of its batch. */
  challenge(by: Party, work: Work, question: Question): Promise<Asked>;
  /** Draws the current panel. `seed` decides whom it finds. Jurors by seat. */
  draw(asked: Asked, seed: Hex): Promise<Party[]>;
  /** The current panel votes; who says None does nothing. Then its time is over. */
  vote(asked: Asked, jurors: readonly Party[], mind: (juror: Party) => Ruling): Promise<void>;
  /** Until the ruling is final. Then everybody is paid, at the jury and at the Marketplace. */
  conclude(work: Work, asked: Asked): Promise<Ruling>;
  /** Passes the challenge window, and settles the batch. */
  settle(work: Work): Promise<void>;
  /** All that these accounts have, in wei: coins, stake and credit, at both contracts. */
  worth(parties: readonly Party[]): Promise<bigint>;
  /** What nobody can ever withdraw, in wei, at both contracts. */
  burned(): Promise<bigint>;
  /** All coins that there are, in wei. */
  supply(): Promise<bigint>;
}

interface Parameters {
  Marketplace: {
    unbondingSeconds: number;
    minChallengeWindowSeconds: number;
    maxChallengeWindowSeconds: number;
    maxSubmitWindowSeconds: number;
    responseWindowSeconds: number;
    disputeTimeoutSeconds: number;
    minStakePerBatch: bigint;
    expiryPenaltyBps: number;
    releaseFeeBps: number;
    slashBps: number;
    burnBps: number;
    challengerShareBps: number;
    challengeBondBps: number;
    demandBondBps: number;
  };
  JuryArbiter: {
    ticketWei: bigint;
    seatFeeWei: bigint;
    jurySize: number;
    noShowSlashBps: number;
    minoritySlashBps: number;
    epochSeconds: number;
    commitSeconds: number;
    revealSeconds: number;
    appealSeconds: number;
    unbondingSeconds: number;
  };
}

const BURN: Address = "0x000000000000000000000000000000000000dEaD";
const ACCOUNTS = 60;
const STAKE = 5n * 10n ** 16n;

/** Those of Base, as Ignition would deploy them. */
export async function parametersOfBase(): Promise<Parameters> {
  const file = new URL("../../../ignition/parameters/base.json", import.meta.url);
  const { Marketplace, JuryArbiter } = JSON.parse(await readFile(file, "utf8"), (_, value) =>
    typeof value === "string" ? BigInt(value.replace(/n$/, "")) : value,
  );
  const { delayBlocks: _, ...jury } = JuryArbiter;
  return { Marketplace, JuryArbiter: jury };
}

export async function startJuryMarket(): Promise<JuryMarket> {
  const network = await hre.network.create({
    override: {
      initialDate: new Date(GENESIS * 1000),
      initialBaseFeePerGas: 0n,
      gasPrice: 0n,
      accounts: { count: ACCOUNTS, accountsBalance: String(10n ** 21n) },
    },
  });
  const { viem, networkHelpers } = network;
  const p = await parametersOfBase();
  const { address: market } = await deployMarketplace(viem, p.Marketplace);
  const { address: randomness } = await viem.deployContract("ManualRandomness");
  const { address: jury } = await viem.deployContract("JuryArbiter", [
    { marketplace: market, randomness, ...p.JuryArbiter },
  ]);
  const client = await viem.getPublicClient();
  const wallets = await viem.getWalletClients();
  const parties = wallets.map((wallet): Party => {
    const clients = { public: client, wallet };
    return {
      address: getAddress(wallet.account.address),
      wallet,
      market: getContract({ abi: marketplaceAbi, address: market, client: clients }).write,
      jury: getContract({ abi: juryArbiterAbi, address: jury, client: clients }).write,
    };
  });
  const byAddress = new Map(parties.map((each) => [each.address, each]));
  const readMarket = getContract({ abi: marketplaceAbi, address: market, client }).read;
  const readJury = getContract({ abi: juryArbiterAbi, address: jury, client }).read;
  const bond = (STAKE * BigInt(p.Marketplace.challengeBondBps)) / 10_000n;
  const fee = BigInt(p.JuryArbiter.jurySize) * p.JuryArbiter.seatFeeWei;
  let jobs = 0n;

  const partyOf = (address: Address): Party => {
    const found = byAddress.get(getAddress(address));
    if (found === undefined) throw new Error(`${address} is nobody`);
    return found;
  };
  const standing = (id: Hex) => readJury.standing([id]);

  const self: JuryMarket = {
    market: getAddress(market),
    jury: getAddress(jury),
    network,
    client,
    readMarket,
    readJury,
    marketParameters: p.Marketplace,
    juryParameters: p.JuryArbiter,
    party(index) {
      const found = parties[index];
      if (found === undefined) throw new Error(`The chain has no account ${index}`);
      return found;
    },
    now: async () => Number((await client.getBlock()).timestamp),
    passTo: (timestamp) => networkHelpers.time.increaseTo(timestamp),
    at: (timestamp) => networkHelpers.time.setNextBlockTimestamp(timestamp),
    async enrol(jurors) {
      for (const [{ jury: write }, tickets] of jurors) {
        await write.deposit({ value: BigInt(tickets) * p.JuryArbiter.ticketWei });
      }
      const { epochSeconds } = p.JuryArbiter;
      await self.passTo((Math.floor((await self.now()) / epochSeconds) + 1) * epochSeconds);
    },
    async work(requester, worker) {
      const startedAt = (Math.floor((await self.now()) / HOUR) + 1) * HOUR;
      await self.passTo(startedAt);
      const terms = termsOf(requester.address, {
        arbiter: jury,
        taskCount: 4,
        batchSize: 4,
        rewardPerTask: STAKE / 4n,
        stakePerBatch: STAKE,
        claimUntil: startedAt + DAY,
        challengeWindowSeconds: p.Marketplace.minChallengeWindowSeconds,
        salt: ++jobs,
      });
      const job = hashTerms(terms);
      const results = resultsOf(terms, 0);
      await requester.market.post([terms, spec], { value: STAKE });
      await worker.market.deposit({ value: STAKE });
      await worker.market.claim([terms, 0]);
      await worker.market.submit([job, 0, results.root, cid("results", "dag-cbor")]);
      return { terms, job, results, challengedAt: startedAt + HOUR / 6 };
    },
    question: ({ job, results }, changes = {}) => ({
      job,
      batch: 0,
      position: 1,
      ground: Ground.wrongResult,
      resultRoot: results.root,
      answer: keccak256(stringToHex("another leaf")),
      salt: keccak256(stringToHex("salt")),
      ...changes,
    }),
    async prepare(by, question) {
      await by.market.prepare([commitmentOf(by.address, question)], { value: bond });
    },
    async challenge(by, { terms, results, challengedAt }, question) {
      const { leaf, proof } = results.open(question.position);
      await self.at(challengedAt);
      const hash = await by.market.challenge([terms, question, leaf, proof], { value: fee });
      const { logs } = await client.getTransactionReceipt({ hash });
      const [event] = parseEventLogs({ abi: marketplaceAbi, logs, eventName: "BatchChallenged" });
      if (event === undefined) throw new Error("No challenge among the events");
      return { dispute: event.args.dispute, id: event.args.id };
    },
    async draw({ dispute, id }, seed) {
      await parties[0]?.wallet.writeContract({
        abi: manualRandomnessAbi,
        address: randomness,
        functionName: "fulfil",
        args: [(await standing(id)).randomness, seed],
      });
      await parties[0]?.jury.draw([dispute, "0x"]);
      return (await readJury.panel([id, (await standing(id)).panel])).jurors.map(partyOf);
    },
    async vote({ id }, jurors, mind) {
      const { panel } = await standing(id);
      const voters = [...new Set(jurors)].filter((juror) => mind(juror) !== Ruling.none);
      for (const juror of voters) {
        const salt = saltOf(juror.address, id);
        const commitment = verdictCommitment(mind(juror), salt, juror.address, id, panel, jury);
        await juror.jury.commit([id, panel, commitment]);
      }
      const { commitEndsAt } = await readJury.panel([id, panel]);
      if ((await self.now()) < commitEndsAt) await self.passTo(commitEndsAt);
      for (const juror of voters) {
        await juror.jury.reveal([id, panel, mind(juror), saltOf(juror.address, id)]);
      }
      const { revealEndsAt } = await readJury.panel([id, panel]);
      if ((await self.now()) < revealEndsAt) await self.passTo(revealEndsAt);
    },
    async conclude({ terms }, { dispute, id }) {
      const { stage, endsAt } = await standing(id);
      if (stage === Stage.appealable) await self.passTo(endsAt);
      const ruling = (await readJury.ruling([id])) as Ruling;
      expect(ruling).not.toBe(Ruling.none);
      await parties[0]?.jury.settle([dispute]);
      await parties[0]?.market.resolve([terms, dispute]);
      return ruling;
    },
    async settle({ terms }) {
      await self.passTo((await self.now()) + terms.challengeWindowSeconds);
      await parties[0]?.market.settle([terms, [0]]);
    },
    async worth(of) {
      let sum = 0n;
      for (const { address } of of) {
        const account = await readMarket.account([address]);
        sum += await client.getBalance({ address });
        sum +=
          account.stake + account.unbonding + (await readMarket.credit([address, zeroAddress]));
        sum += (await readJury.juror([address])).stake + (await readJury.credit([address]));
      }
      return sum;
    },
    burned: async () =>
      (await readMarket.credit([BURN, zeroAddress])) + (await readJury.credit([BURN])),
    async supply() {
      return (await self.worth(parties)) + (await self.burned());
    },
  };
  return self;
}

/** Has an attacker's own marketplace open a dispute with the jury. */
export async function openFromElsewhere(
  { network, jury }: JuryMarket,
  by: Party,
  dispute: Dispute,
): Promise<Hex> {
  const { address } = await network.viem.deployContract("HarnessMarketplace");
  return by.wallet.writeContract({
    abi: harnessAbi,
    address,
    functionName: "open",
    args: [jury, dispute],
    value: dispute.fee,
  });
}

/** What everybody had before, to be told with what they have after. */
export class Balances {
  private before = new Map<string, bigint>();
  private readonly of: JuryMarket;
  private readonly sides: Readonly<Record<string, readonly Party[]>>;

  constructor(of: JuryMarket, sides: Readonly<Record<string, readonly Party[]>>) {
    this.of = of;
    this.sides = sides;
  }

  async note(): Promise<void> {
    for (const [side, parties] of Object.entries(this.sides)) {
      this.before.set(side, await this.of.worth(parties));
    }
  }

  /** Prints all balances before and after, and gives what each side gained, in wei. */
  async told(title: string): Promise<Record<string, bigint>> {
    const gains: Record<string, bigint> = {};
    const lines = [title];
    for (const [side, parties] of Object.entries(this.sides)) {
      const before = this.before.get(side) ?? 0n;
      const after = await this.of.worth(parties);
      gains[side] = after - before;
      lines.push(
        `  ${side.padEnd(10)} ${formatEther(before)} → ${formatEther(after)} ETH (${after < before ? "" : "+"}${formatEther(after - before)})`,
      );
    }
    console.log(lines.join("\n"));
    return gains;
  }
}

/** On the ground of an unavailable result, there is no other answer. */
export const unavailable = { ground: Ground.unavailable, answer: zeroHash } as const;
