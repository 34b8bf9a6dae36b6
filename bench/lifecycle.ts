/**
 * What a job costs from posting to settlement, in gas as it is paid: whole transactions, calldata included. Worker and requester
 * have done business before, so their slots are not new; every hash is a full one.
 */
import { type Hex, keccak256, maxUint256, stringToHex } from "viem";
import {
  cid,
  DAY,
  ETHER,
  GENESIS,
  hashSpec,
  hashTerms,
  type Market,
  spec,
  startMarket,
  termsOf,
} from "../test/contracts/market.ts";
import { deployToken, type Token } from "../test/contracts/tokens.ts";

export interface LifecycleGas {
  post: bigint;
  /** Of all batches together, like the others below. */
  claim: bigint;
  submit: bigint;
  settle: bigint;
  total: bigint;
}

export interface LifecycleOptions {
  taskCount: number;
  batchSize: number;
  paidIn?: "coins" | "tokens";
}

/** One market, on which any number of jobs are run one after another. */
export class Lifecycles {
  private jobs = 0;
  private readonly market: Market;
  private readonly token: Token;

  private constructor(market: Market, token: Token) {
    this.market = market;
    this.token = token;
  }

  static async start(): Promise<Lifecycles> {
    const market = await startMarket();
    const token = await deployToken(market, "PlainToken");
    await token.write.mint([market.requester.address, 10n ** 30n]);
    await token.write.mint([market.address, 1n]);
    await token.write.approve([market.address, maxUint256]);
    await market.worker.write.deposit({ value: 100n * ETHER });
    await market.network.networkHelpers.setBalance(market.requester.address, 10n ** 30n);
    const lifecycles = new Lifecycles(market, token);
    for (const paidIn of ["coins", "tokens"] as const) {
      await lifecycles.run({ taskCount: 2, batchSize: 1, paidIn });
    }
    return lifecycles;
  }

  async run({ taskCount, batchSize, paidIn = "coins" }: LifecycleOptions): Promise<LifecycleGas> {
    const { requester, worker } = this.market;
    const number = ++this.jobs;
    const started = GENESIS + number * DAY;
    const jobSpec = {
      ...spec,
      program: cid(`program ${number}`),
      manifest: cid(`manifest ${number}`, "dag-cbor"),
      inputRoot: keccak256(stringToHex(`inputs ${number}`)),
      machineRoot: keccak256(stringToHex(`machine ${number}`)),
    };
    const terms = termsOf(requester.address, {
      ...(paidIn === "tokens" && { token: this.token.address }),
      taskCount,
      batchSize,
      claimUntil: started + DAY,
      salt: BigInt(keccak256(stringToHex(`salt ${number}`)).slice(0, 18)),
      specHash: hashSpec(jobSpec),
    });
    const job = hashTerms(terms);
    const batches = Array.from({ length: Math.ceil(taskCount / batchSize) }, (_, batch) => batch);
    const gas = async (hash: Promise<Hex>) => (await this.market.receipt(hash)).gasUsed;

    await this.market.at(started);
    const escrow = terms.rewardPerTask * BigInt(taskCount);
    const value = paidIn === "coins" ? escrow : 0n;
    const post = await gas(requester.write.post([terms, jobSpec], { value }));
    let claim = 0n;
    let submit = 0n;
    for (const batch of batches) {
      const root = keccak256(stringToHex(`root ${number} ${batch}`));
      const results = cid(`results ${number} ${batch}`, "dag-cbor");
      claim += await gas(worker.write.claim([terms, batch]));
      submit += await gas(worker.write.submit([job, batch, root, results]));
    }
    await this.market.at(started + DAY / 2);
    const settle = await gas(worker.write.settle([terms, batches]));
    const total = post + claim + submit + settle;
    return { post, claim, submit, settle, total };
  }

  /** Gas of taking what the worker has earned so far, however many batches it was for. */
  async withdraw(paidIn: "coins" | "tokens"): Promise<bigint> {
    const { worker } = this.market;
    const token = paidIn === "coins" ? termsOf(worker.address).token : this.token.address;
    return (await this.market.receipt(worker.write.withdraw([token, worker.address]))).gasUsed;
  }
}
