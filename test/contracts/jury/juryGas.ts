/** What a jury costs, in gas as it is paid: whole transactions, calldata included. For tests and benches. */
import { type Hex, parseAbi } from "viem";
import { juryArbiterAbi } from "../../../sdk/src/generated/juryArbiterAbi.ts";
import { type Actor, type Court, type OpenDispute, Ruling, startCourt } from "./court.ts";

const source = { name: "BlockRandomness", delayBlocks: 2n } as const;
const { workerRight, workerWrong } = Ruling;

/** Gas of every call of a dispute, from its opening to the pay of its jurors. */
export interface DisputeGas {
  open: bigint;
  drawAndCommit: bigint;
  commits: bigint;
  reveals: bigint;
  settle: bigint;
  total: bigint;
}

const gasOf = async (court: Court, hash: Promise<Hex>) => (await court.receipt(hash)).gasUsed;

/** The jurors that a draw would find now. */
async function foreseen(court: Court, { dispute }: OpenDispute): Promise<Actor[]> {
  const { result } = await court.client.simulateContract({
    address: court.address,
    abi: juryArbiterAbi,
    functionName: "draw",
    args: [dispute, "0x"],
  });
  return Promise.all(result.map(async (number) => court.actor(await court.read.jurorAt([number]))));
}

async function oneDispute(court: Court, verdicts: readonly Ruling[]): Promise<DisputeGas> {
  const opened = await court.open();
  const { id, dispute } = opened;
  await court.network.networkHelpers.mine(Number(source.delayBlocks) + 1);
  const jurors = await foreseen(court, opened);
  const verdictOf = (juror: Actor) => verdicts[jurors.indexOf(juror)] ?? workerWrong;
  const [first, ...rest] = jurors as [Actor, ...Actor[]];

  const commitment = court.commitmentOf(verdictOf(first), first.address, id, 0);
  const drawAndCommit = await gasOf(
    court,
    first.write.drawAndCommit([dispute, "0x", 0, commitment]),
  );
  let commits = 0n;
  for (const juror of rest) {
    commits += await gasOf(court, court.commit(id, 0, juror, verdictOf(juror)));
  }
  let reveals = 0n;
  for (const juror of jurors) {
    reveals += await gasOf(court, court.reveal(id, 0, juror, verdictOf(juror)));
  }
  await court.passAppeal(id);
  const settle = await gasOf(court, court.requester.write.settle([dispute]));
  const total = opened.gasUsed + drawAndCommit + commits + reveals + settle;
  return { open: opened.gasUsed, drawAndCommit, commits, reveals, settle, total };
}

/**
 * Disputes among twelve jurors of one ticket who have all sat before: `unanimous`, and `split`, in which one of three is slashed.
 * Opening is a transaction of a marketplace that does nothing else.
 */
export async function disputeGas(): Promise<{ unanimous: DisputeGas; split: DisputeGas }> {
  const court = await startCourt({}, source);
  await court.enrol(12);
  // One ticket each, so that three seats are three jurors, and a wei less than another, so that a slash takes nobody's away.
  for (const juror of court.jurors.slice(0, 12)) {
    await juror.write.deposit({ value: court.parameters.ticketWei - 1n });
  }
  for (let i = 0; i < 12; ++i) await oneDispute(court, []);
  const unanimous = await oneDispute(court, []);
  const split = await oneDispute(court, [workerWrong, workerRight, workerWrong]);
  return { unanimous, split };
}

/** Gas at so many jurors. */
export interface GrowthGas {
  jurors: number;
  /** Of a juror who adds a ticket, in an epoch in which nobody has yet. */
  deposit: bigint;
  /** Of a juror who takes one out, likewise. */
  unbond: bigint;
  /** Of a draw of three. */
  draw: bigint;
}

const crowdAbi = parseAbi(["function grow(address jury, uint256 count, uint256 stakeWei) payable"]);

/** Lets the pool grow to each of these numbers of jurors, in this order. */
export async function growthGas(counts: readonly number[]): Promise<GrowthGas[]> {
  const court = await startCourt({}, source);
  const { viem, networkHelpers } = court.network;
  const { ticketWei, epochSeconds } = court.parameters;
  const { address: crowd } = await viem.deployContract("JurorCrowd");
  const [wallet] = await viem.getWalletClients();
  if (wallet === undefined) throw new Error("The chain has no account");
  const juror = court.jurors[0] as Actor;
  const nextEpoch = async () =>
    court.passTo((Math.floor((await court.now()) / epochSeconds) + 1) * epochSeconds);
  await juror.write.deposit({ value: 100n * ticketWei });

  let jurors = 1;
  const measured: GrowthGas[] = [];
  for (const count of counts) {
    while (jurors < count) {
      const some = Math.min(50, count - jurors);
      await wallet.writeContract({
        abi: crowdAbi,
        address: crowd,
        functionName: "grow",
        args: [court.address, BigInt(some), ticketWei],
        value: ticketWei * BigInt(some),
        gas: 16_000_000n,
      });
      jurors += some;
    }
    // A change now and then, so that what is measured meets nodes with a past.
    for (let i = 0; i < 3; ++i) {
      await nextEpoch();
      await juror.write.deposit({ value: ticketWei });
    }
    await nextEpoch();
    const deposit = await gasOf(court, juror.write.deposit({ value: ticketWei }));
    await nextEpoch();
    const unbond = await gasOf(court, juror.write.unbond([ticketWei]));
    await nextEpoch();
    const { dispute } = await court.open();
    await networkHelpers.mine(Number(source.delayBlocks) + 1);
    const draw = await gasOf(court, court.stranger.write.draw([dispute, "0x"]));
    measured.push({ jurors: count, deposit, unbond, draw });
  }
  return measured;
}
