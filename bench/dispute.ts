/** What a dispute costs before a jury, from the first step of the challenge to the carrying out of the ruling, all calls of all. */
import { type Address, concat, getAddress, getContract, type Hex, keccak256 } from "viem";
import { juryArbiterAbi } from "../sdk/src/generated/juryArbiterAbi.ts";
import { answerTo, disputeIn, manifest, part, salt } from "../test/contracts/dispute.ts";
import {
  commitmentOf,
  DAY,
  ETHER,
  GENESIS,
  Ground,
  hashTerms,
  parameters,
  Ruling,
  spec,
  startMarket,
  termsOf,
} from "../test/contracts/market.ts";
import { resultsOf } from "../test/contracts/results.ts";

export interface DisputeGas {
  prepare: bigint;
  /** Opens the dispute with the jury, too. */
  challenge: bigint;
  drawAndCommit: bigint;
  commits: bigint;
  reveals: bigint;
  /** Slashes the worker. */
  resolve: bigint;
  /** Pays the jurors. */
  settle: bigint;
  total: bigint;
}

const HOUR = 3600;
const DELAY_BLOCKS = 2;
const jury = {
  ticketWei: 10n ** 16n,
  seatFeeWei: 10n ** 15n,
  jurySize: 3,
  noShowSlashBps: 3000,
  minoritySlashBps: 2000,
  epochSeconds: HOUR,
  commitSeconds: 4 * HOUR,
  revealSeconds: 2 * HOUR,
  appealSeconds: DAY,
  unbondingSeconds: 7 * DAY,
};

const saltOf = (juror: Address, id: Hex) => keccak256(concat([juror, id]));

/**
 * Three jurors of nine agree that the worker of a batch of 10,000 tasks was wrong. All of them have sat before. Each has one ticket, so
 * every seat is another's: who has several commits and reveals once, for less.
 */
export async function disputeGas(): Promise<DisputeGas> {
  const market = await startMarket({ disputeTimeoutSeconds: 30 * DAY });
  const { requester, worker, rival, network, client } = market;
  const { viem, networkHelpers } = network;
  const { address: randomness } = await viem.deployContract("BlockRandomness", [
    BigInt(DELAY_BLOCKS),
  ]);
  const { address: arbiter } = await viem.deployContract("JuryArbiter", [
    { marketplace: market.address, randomness, ...jury },
  ]);
  const jurors = (await viem.getWalletClients()).slice(6, 15).map((wallet) => ({
    address: getAddress(wallet.account.address),
    write: getContract({
      abi: juryArbiterAbi,
      address: arbiter,
      client: { public: client, wallet },
    }).write,
  }));
  for (const { write } of jurors) await write.deposit({ value: jury.ticketWei });
  await worker.write.deposit({ value: 10n * ETHER });
  const sat = new Set<Address>();
  const gasOf = async (hash: Promise<Hex>) =>
    (await client.getTransactionReceipt({ hash: await hash })).gasUsed;

  async function dispute(round: number): Promise<DisputeGas> {
    const started = GENESIS + round * 30 * DAY;
    const terms = termsOf(requester.address, {
      arbiter,
      taskCount: 10_000,
      batchSize: 10_000,
      rewardPerTask: 10n ** 12n,
      stakePerBatch: 10n ** 17n,
      claimUntil: started + DAY,
      challengeWindowSeconds: HOUR,
      salt: BigInt(round),
    });
    const job = hashTerms(terms);
    const results = resultsOf(terms, 0);
    await market.at(started);
    await requester.write.post([terms, spec], { value: 10_000n * terms.rewardPerTask });
    await worker.write.claim([terms, 0]);
    await worker.write.submit([job, 0, results.root, manifest]);

    const { leaf, proof } = results.open(1234);
    const question = {
      job,
      batch: 0,
      position: 1234,
      ground: Ground.wrongResult,
      resultRoot: results.root,
      answer: answerTo(1234),
      salt,
    };
    const prepare = await gasOf(
      rival.write.prepare([commitmentOf(rival.address, question)], {
        value: part(terms, parameters.challengeBondBps),
      }),
    );
    const challenged = await market.receipt(
      rival.write.challenge([terms, question, leaf, proof], {
        value: BigInt(jury.jurySize) * jury.seatFeeWei,
      }),
    );
    const opened = disputeIn(challenged.events);
    const id = await client.readContract({
      address: arbiter,
      abi: juryArbiterAbi,
      functionName: "disputeId",
      args: [opened],
    });
    await networkHelpers.mine(DELAY_BLOCKS + 1);
    const { result } = await client.simulateContract({
      address: arbiter,
      abi: juryArbiterAbi,
      functionName: "draw",
      args: [opened, "0x"],
    });
    const drawn = await Promise.all(
      result.map(async (number) => {
        const address = await client.readContract({
          address: arbiter,
          abi: juryArbiterAbi,
          functionName: "jurorAt",
          args: [number],
        });
        const juror = jurors.find((each) => each.address === getAddress(address));
        if (juror === undefined) throw new Error(`${address} is no juror`);
        return juror;
      }),
    );
    const verdict = Ruling.workerWrong;
    const [first, ...rest] = drawn;
    if (first === undefined) throw new Error("The draw found nobody");
    const commitment = (juror: typeof first) =>
      client.readContract({
        address: arbiter,
        abi: juryArbiterAbi,
        functionName: "commitmentOf",
        args: [verdict, saltOf(juror.address, id), juror.address, id, 0],
      });

    const drawAndCommit = await gasOf(
      first.write.drawAndCommit([opened, "0x", 0, await commitment(first)]),
    );
    let commits = 0n;
    for (const juror of rest) {
      commits += await gasOf(juror.write.commit([id, 0, await commitment(juror)]));
    }
    let reveals = 0n;
    for (const juror of drawn) {
      reveals += await gasOf(juror.write.reveal([id, 0, verdict, saltOf(juror.address, id)]));
    }
    await market.at(started + 3 * DAY);
    const resolve = await gasOf(rival.write.resolve([terms, opened]));
    const settle = await gasOf(first.write.settle([opened]));
    const challenge = challenged.gasUsed;
    const total = prepare + challenge + drawAndCommit + commits + reveals + resolve + settle;
    for (const { address } of drawn) sat.add(address);
    return { prepare, challenge, drawAndCommit, commits, reveals, resolve, settle, total };
  }

  // Until everybody has sat once, some slots are new.
  let round = 0;
  while (sat.size < jurors.length) await dispute(++round);
  return dispute(++round);
}
