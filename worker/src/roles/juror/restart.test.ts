import { createJuryClient, Outcome, putBytes, Ruling, verdictCommitment } from "@assay/sdk";
import { type Address, keccak256, stringToHex } from "viem";
import { expect, test } from "vitest";
import { localJuryParameters, type TestChain } from "../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../test/fixtures/market.ts";
import { disputesOn, STAKE } from "../../../test/disputes.ts";
import { marketForEachTest } from "../../../test/market.ts";
import {
  accountOf,
  type Requester,
  startCli,
  temporaryFolder,
  workerArguments,
} from "../../../test/network.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});

const { client, mineBlocks, post } = disputesOn(() => ({ chain, requester, jury, started }));

test("a juror that is killed between commitment and reveal reveals what it committed to", async () => {
  const dataDir = await temporaryFolder(started);
  const { argv, environment } = workerArguments(chain, requester, { dataDir, account: 5 });
  const roles = ["--roles", "juror", "--jury", jury, "--juror-stake", "0.001"];
  const startJuror = () => startCli([...argv, ...roles], started, environment);
  const first = startJuror();
  await first.line("node started");
  const others = [6, 7].map((index) => createJuryClient(client(index), jury));
  for (const other of others) await other.deposit({ amount: localJuryParameters.ticketWei });
  await chain.increaseTime(localJuryParameters.epochSeconds);
  mineBlocks();

  const liar = client(2);
  await liar.deposit({ amount: STAKE });
  const job = await post();
  await workBatch(liar, job, 0, async (entries, content) => {
    const cid = await putBytes(content, Uint8Array.of(66));
    entries.fill({ outcome: Outcome.ok, cid, byteLength: 1 });
  });
  // The program gives its input back.
  const execute = async ({ input: bytes }: { input: Uint8Array }) => ({
    ...{ outcome: Outcome.ok, bytes },
  });
  const audited = job.audit({ execute, rate: 0.5 })[Symbol.asyncIterator]();
  const { id } = await (await audited.next()).value.challenge();
  await audited.return?.();

  await first.line("verdict committed");
  first.kill("SIGKILL");
  expect(await first.exit).toBe("SIGKILL");
  const second = startJuror();
  await second.line("node started");

  // Only now is it time: the window for commitments ends when all three have committed.
  const salt = keccak256(stringToHex("another's secret"));
  for (const [i, other] of others.entries()) {
    const juror = accountOf(chain, 6 + i).address;
    const verdict = Ruling.workerWrong;
    const vote = { verdict, salt, juror, id, panel: 0, jury, chainId: chain.chain.id };
    const commitment = verdictCommitment(vote);
    await other.commit({ id, panel: 0, commitment });
  }
  expect(await second.line("verdict revealed")).toMatchObject({
    ...{ id, panel: 0, verdict: Ruling.workerWrong },
  });
  const [any] = others;
  const panel = await any?.getPanel({ id, panel: 0 });
  const seat = panel?.jurors.indexOf(accountOf(chain, 5).address) ?? -1;
  expect(panel?.verdicts[seat]).toBe(Ruling.workerWrong);
  expect(second.lines.filter(({ msg }) => msg === "verdict committed")).toEqual([]);
  second.kill("SIGTERM");
  expect(await second.exit).toBe(0);
});
