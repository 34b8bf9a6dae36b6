import { createJuryClient, Ground, Outcome, putBytes, Ruling } from "@assay/sdk";
import type { Address } from "viem";
import { expect, test } from "vitest";
import { localJuryParameters, type TestChain } from "../../../../test/fixtures/chain.ts";
import { workBatch } from "../../../../test/fixtures/market.ts";
import { disputesOn, leafOf, STAKE } from "../../../test/disputes.ts";
import { marketForEachTest } from "../../../test/market.ts";
import { next, type Requester } from "../../../test/network.ts";
import type { NodeEvents } from "../../kernel/events.ts";

let chain: TestChain;
let requester: Requester;
let jury: Address;
const started = marketForEachTest((market) => {
  ({ chain, requester, jury } = market);
});

const { client, mineBlocks, post, prepare, start } = disputesOn(() => ({
  ...{ chain, requester, jury, started },
}));

test("jurors with one seat and with two say once that both are wrong: the worker is slashed, and the challenger's bond burns", async () => {
  const { ticketWei } = localJuryParameters;
  const stakes = [
    [5, 2n * ticketWei],
    [6, ticketWei],
  ] as const;
  const jurors = await Promise.all(
    stakes.map(([account, jurorStakeWei]) =>
      start({ account, roles: ["juror"], policy: { stakeWei: 0n, jurorStakeWei } }),
    ),
  );
  await chain.increaseTime(localJuryParameters.epochSeconds);
  const actions: string[] = [];
  for (const juror of jurors) {
    juror.events.on("transaction mined", ({ action }: NodeEvents["transaction mined"]) =>
      actions.push(action),
    );
  }
  const liar = client(2);
  await liar.deposit({ amount: STAKE });
  const job = await post();
  const { jobId, terms } = job;
  await workBatch(liar, job, 0, async (entries, content) => {
    const cid = await putBytes(content, Uint8Array.of(66));
    entries.fill({ outcome: Outcome.ok, cid, byteLength: 1 });
  });
  const shown = await leafOf(liar, job, 1);
  await chain.increaseTime(1);
  const guesser = client(4);
  const { question, prepared } = await prepare(guesser, job, {
    ...{ job: jobId, batch: 0, position: 1, resultRoot: shown.resultRoot },
    ...{ ground: Ground.wrongResult, answer: jobId },
  });
  const revealed = jurors.map((juror) => next(juror, "verdict revealed"));
  const { id, dispute } = await guesser.challenge({ terms, question, ...shown, prepared });
  mineBlocks();
  expect((await Promise.all(revealed)).map(({ verdict }) => verdict)).toEqual(
    jurors.map(() => Ruling.bothWrong),
  );
  const panel = await createJuryClient(requester.market, jury).getPanel({ id, panel: 0 });
  expect(panel.verdicts).toEqual([Ruling.bothWrong, Ruling.bothWrong, Ruling.bothWrong]);
  expect(new Set(panel.jurors)).toEqual(new Set(jurors.map(({ address }) => address)));
  expect(actions.filter((action) => action === "commit verdict")).toHaveLength(2);
  expect(actions.filter((action) => action === "reveal verdict")).toHaveLength(2);

  await chain.increaseTime(localJuryParameters.appealSeconds);
  const { slash } = await requester.market.resolve({ terms, dispute });
  expect(slash).toMatchObject({ slashed: STAKE / 2n, reward: 0n });
  expect(slash?.burned).toBe(STAKE / 10n + dispute.bond);
  expect(await guesser.getCredit()).toBe(0n);
});
