import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { type ChainGuarantees, chains } from "../../ignition/src/chains.ts";

// Clocks and delays follow from what a chain guarantees. `local.json` is exempt: a local chain guarantees nothing, and has to be fast.

const root = new URL("../../", import.meta.url);

interface Parameters {
  Marketplace: {
    unbondingSeconds: number;
    minChallengeWindowSeconds: number;
    responseWindowSeconds: number;
    disputeTimeoutSeconds: number;
  };
  JuryArbiter: {
    delayBlocks: string;
    epochSeconds: number;
    commitSeconds: number;
    revealSeconds: number;
    appealSeconds: number;
    unbondingSeconds: number;
  };
  ProofArbiter: { feeWei: string; clockSeconds: number };
}

const guaranteed = Object.entries(chains).flatMap(([name, { guarantees }]) =>
  guarantees === undefined ? [] : [[name, guarantees] as const],
);

it("every chain but the local one has its guarantees in the table", () => {
  expect(Object.keys(chains).filter((name) => chains[name]?.guarantees === undefined)).toEqual([
    "localhost",
  ]);
});

it("Ethereum: 0.93 to the 300 is below one in a billion", () => {
  expect(0.93 ** 300).toBeLessThan(1e-9);
});

describe.each(guaranteed)("%s", (name, guarantees) => {
  const { blockSeconds, historyBlocks, forcedInclusionSeconds, randomnessLeadSeconds } = guarantees;
  let market: Parameters["Marketplace"];
  let jury: Parameters["JuryArbiter"];
  let proof: Parameters["ProofArbiter"];
  let delaySeconds: number;

  beforeAll(async () => {
    ({ Marketplace: market, JuryArbiter: jury, ProofArbiter: proof } = await read(name));
    delaySeconds = Number.parseInt(jury.delayBlocks, 10) * blockSeconds;
  });

  it("whoever has to answer or vote has the time of a forced inclusion, at least", () => {
    for (const window of [
      market.responseWindowSeconds,
      jury.commitSeconds,
      jury.revealSeconds,
      jury.appealSeconds,
    ]) {
      expect(window).toBeGreaterThanOrEqual(forcedInclusionSeconds);
    }
  });

  it("a draw can wait out an outage: its three requests last as long", () => {
    expect(3 * jury.epochSeconds).toBeGreaterThanOrEqual(forcedInclusionSeconds);
  });

  it("randomness is of a block that nobody could know of, or arrange, when the dispute was opened", () => {
    expect(delaySeconds).toBeGreaterThanOrEqual(randomnessLeadSeconds);
  });

  it("most of the epoch is left to draw in, and the chain remembers the block until its end", () => {
    expect(delaySeconds).toBeLessThanOrEqual(jury.epochSeconds / 2);
    expect(delaySeconds + jury.epochSeconds).toBeLessThanOrEqual(historyBlocks * blockSeconds);
  });

  it("the Marketplace waits for the longest dispute", () => {
    // `maxRulingSeconds()`, which `jury/dispute.test.ts` plays to the second.
    const { epochSeconds, commitSeconds, revealSeconds, appealSeconds } = jury;
    const longest = 4 * (3 * epochSeconds - 1 + commitSeconds + revealSeconds) + appealSeconds - 1;
    expect(market.disputeTimeoutSeconds).toBeGreaterThanOrEqual(longest);
  });

  it("each of a party's moves in the longest game of 2⁴⁰ steps can be left out for as long as the chain can, and be called out of time", () => {
    // The worker begins; 2⁴⁰ is 16¹⁰: nine more moves, and a proof.
    const moves = Math.ceil(11 / 2);
    expect(proof.clockSeconds).toBeGreaterThanOrEqual(moves * forcedInclusionSeconds);
    expect(2 * proof.clockSeconds + forcedInclusionSeconds).toBeLessThanOrEqual(
      market.disputeTimeoutSeconds,
    );
  });

  it("docs/protocol.md has the fee and the clock of a fraud proof", async () => {
    const docs = await readFile(new URL("docs/protocol.md", root), "utf8");
    const { feeWei, clockSeconds } = proof;
    expect(docs).toContain(row([`\`${name}\``, Number.parseInt(feeWei, 10) / 1e18, clockSeconds]));
  });

  it("stake stays until every draw that may find it is over, and a forced transaction is in", () => {
    expect(jury.unbondingSeconds).toBeGreaterThanOrEqual(2 * jury.epochSeconds);
    for (const unbonding of [market.unbondingSeconds, jury.unbondingSeconds]) {
      expect(unbonding).toBeGreaterThanOrEqual(forcedInclusionSeconds);
    }
  });

  it("the challenge window is the requester's choice: an hour is possible", () => {
    expect(market.minChallengeWindowSeconds).toBeLessThanOrEqual(3600);
  });

  it("docs/jury.md has these very figures", async () => {
    const docs = await readFile(new URL("docs/jury.md", root), "utf8");
    expect(docs).toContain(guaranteesRow(name, guarantees));
    expect(docs).toContain(clocksRow(name, jury, market));
  });
});

async function read(name: string): Promise<Parameters> {
  return JSON.parse(await readFile(new URL(`ignition/parameters/${name}.json`, root), "utf8"));
}

const row = (cells: readonly (string | number)[]) =>
  `| ${cells
    .map((cell) =>
      typeof cell === "number" ? cell.toLocaleString("en-US", { maximumFractionDigits: 6 }) : cell,
    )
    .join(" | ")} |`;

function guaranteesRow(name: string, guarantees: ChainGuarantees): string {
  const { blockSeconds, historyBlocks, forcedInclusionSeconds, randomnessLeadSeconds } = guarantees;
  return row([
    `\`${name}\``,
    blockSeconds,
    forcedInclusionSeconds,
    randomnessLeadSeconds,
    historyBlocks * blockSeconds,
  ]);
}

function clocksRow(
  name: string,
  jury: Parameters["JuryArbiter"],
  market: Parameters["Marketplace"],
): string {
  return row([
    `\`${name}\``,
    Number.parseInt(jury.delayBlocks, 10),
    jury.epochSeconds,
    jury.commitSeconds,
    jury.revealSeconds,
    jury.appealSeconds,
    market.responseWindowSeconds,
    market.disputeTimeoutSeconds,
  ]);
}
