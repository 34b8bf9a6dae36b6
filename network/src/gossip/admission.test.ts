import { encode } from "@ipld/dag-cbor";
import type { Address } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { beforeEach, describe, expect, test } from "vitest";
import { gossipSigner, signedDelegation, TEST_MARKET } from "../../test/gossip.ts";
import { peerIdOfKey } from "../wire/peerIdOfKey.ts";
import type { Signer } from "../wire/signer.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { encodeMessage, type GossipBody, jobsTopic } from "./message.ts";
import { createOffenders, type Offenders } from "./offenders.ts";
import { createStandings, type Standings } from "./standing.ts";

const topic = jobsTopic(TEST_MARKET.chainId, TEST_MARKET.marketplace);
const job = `0x${"5a".repeat(32)}` as const;
const body: GossipBody = { hints: [{ job, block: 1n }] };
const neighbour = "12D3KooWneighbour";

/** A clock that the tests move, in milliseconds. */
let timeMs: number;
let offenders: Offenders;
let admission: Admission;
let standings: Standings;
/** What stands behind accounts, as the chain has it. */
let standing: Map<Address, number>;
let sequence = 0;

beforeEach(() => {
  timeMs = 1_800_000_000_000;
  const now = () => timeMs;
  standing = new Map();
  offenders = createOffenders({ now });
  standings = createStandings(async (account) => standing.get(account) ?? 0, now);
  admission = createAdmission({
    ...{ topic, market: TEST_MARKET, offenders, standings, now },
    wallClock: now,
  });
});

type Delegated = Awaited<ReturnType<typeof signedDelegation>>["delegation"];

function say(
  signer: Signer,
  {
    delegation,
    atMs = timeMs,
    number = ++sequence,
  }: {
    delegation?: Delegated | undefined;
    atMs?: number;
    number?: number;
  } = {},
): Uint8Array {
  return encodeMessage(topic, { sequence: number, atMs, delegation, body }, signer);
}

/** An author with something behind it, which this peer knows of already. */
async function knownAuthor({ privateKey = generatePrivateKey(), value = 5 } = {}) {
  const signer = gossipSigner();
  const expiresAt = Math.floor(timeMs / 1_000) + 3_600;
  const { delegation, account } = await signedDelegation(signer, { privateKey, expiresAt });
  standing.set(account.address, value);
  const peerId = peerIdOfKey(signer.key);
  await expect
    .poll(async () => {
      timeMs += 1_000;
      await admission.judge(neighbour, say(signer, { delegation }));
      return admission.standingOf(peerId);
    })
    .toBe(value);
  return { signer, delegation, account, peerId };
}

/** How many of so many messages are taken. */
async function accepted(count: number, from: string, next: () => Uint8Array): Promise<number> {
  let taken = 0;
  for (let i = 0; i < count; i++) {
    if ((await admission.judge(from, next())).verdict === "accepted") taken++;
  }
  return taken;
}

describe("what a neighbour passes on", () => {
  test("is taken with its author, account and standing", async () => {
    const { signer, delegation, account, peerId } = await knownAuthor();
    expect(await admission.judge(neighbour, say(signer, { delegation }))).toMatchObject({
      verdict: "accepted",
      author: { peerId, account: account.address, standing: 5 },
      message: { body },
    });
  });

  test("is a stranger's without a delegation, with another's, and after it has expired", async () => {
    const { signer, delegation } = await knownAuthor();
    const stranger = gossipSigner();
    const nobody = { verdict: "accepted", author: { account: undefined, standing: 0 } };
    expect(await admission.judge(neighbour, say(stranger))).toMatchObject(nobody);
    expect(await admission.judge(neighbour, say(stranger, { delegation }))).toMatchObject(nobody);
    timeMs += 3_601_000;
    expect(await admission.judge(neighbour, say(signer, { delegation }))).toMatchObject(nobody);
  });

  test.each([
    ["malformed", () => encode({ v: 2 })],
    ["oversized", () => new Uint8Array((64 << 10) + 1)],
    [
      "forged",
      () => {
        const [one, other] = [gossipSigner(), gossipSigner()];
        return say({ key: one.key, sign: other.sign });
      },
    ],
  ] as const)("that is %s bans the neighbour soon", async (verdict, next) => {
    expect(await admission.judge(neighbour, next())).toEqual({ verdict });
    expect(offenders.score(neighbour)).toBeLessThan(0);
    await accepted(4, neighbour, next);
    expect(offenders.isBanned(neighbour)).toBe(true);
    expect(await admission.judge(neighbour, say(gossipSigner()))).toEqual({ verdict: "banned" });
    expect(admission.counts).toMatchObject({ [verdict]: 5, banned: 1 });
  });

  test("too old or too far ahead is dropped, and forgiven now and then", async () => {
    const signer = gossipSigner();
    for (const atMs of [timeMs - 30_001, timeMs + 10_001]) {
      expect(await admission.judge(neighbour, say(signer, { atMs }))).toEqual({ verdict: "stale" });
    }
    expect(offenders.isBanned(neighbour)).toBe(false);
    for (const atMs of [timeMs - 30_000, timeMs + 10_000]) {
      expect(await admission.judge(neighbour, say(signer, { atMs }))).toMatchObject({
        verdict: "accepted",
      });
    }
  });

  test("too old by what the way, or another clock, may add is nobody's fault", async () => {
    const signer = gossipSigner();
    const justOut = () => [timeMs - 30_001, timeMs - 40_000, timeMs + 10_001, timeMs + 20_000];
    for (let i = 0; i < 100; i++) {
      for (const atMs of justOut()) {
        expect(admission.judge(neighbour, say(signer, { atMs }))).toEqual({ verdict: "stale" });
      }
      timeMs += 1_000;
    }
    expect(offenders.score(neighbour)).toBe(0);
    admission.judge(neighbour, say(signer, { atMs: timeMs - 40_001 }));
    expect(offenders.score(neighbour)).toBeLessThan(0);
    for (let i = 0; i < 1_100; i++) {
      admission.judge(neighbour, say(signer, { atMs: timeMs - 30_001 }));
    }
    expect(offenders.isBanned(neighbour)).toBe(true);
  });

  test("twice is taken once", async () => {
    const message = say(gossipSigner());
    expect((await admission.judge(neighbour, message)).verdict).toBe("accepted");
    expect((await admission.judge("another", message)).verdict).toBe("replayed");
    expect(offenders.score("another")).toBe(0);
  });

  test("of one author at the same moment is taken message by message", async () => {
    const signer = gossipSigner();
    const one = say(signer);
    const verdicts = await Promise.all([one, one, say(signer)].map((m) => admission.judge("a", m)));
    expect(verdicts.map(({ verdict }) => verdict).sort()).toEqual([
      "accepted",
      "accepted",
      "replayed",
    ]);
  });

  test("with a number that was used for something else is its author's fault, wherever it came from", async () => {
    const privateKey = generatePrivateKey();
    const { signer, delegation, account, peerId } = await knownAuthor({ privateKey });
    const number = ++sequence;
    await admission.judge(neighbour, say(signer, { delegation, number }));
    const second = () => say(signer, { delegation, number, atMs: ++timeMs });
    expect((await admission.judge(neighbour, second())).verdict).toBe("equivocated");
    expect(offenders.score(neighbour)).toBe(0);
    for (const name of [peerId, account.address]) expect(offenders.isBanned(name)).toBe(true);
    // Another peer key of the same account is no way out.
    const fresh = gossipSigner();
    const again = await signedDelegation(fresh, { privateKey, expiresAt: delegation.expiresAt });
    expect((await admission.judge(neighbour, say(fresh, again))).verdict).toBe("banned");
  });
});

describe("what a message says", () => {
  test("is not believed of the account in whose name somebody else has written it", async () => {
    const seen: string[][] = [];
    const now = () => timeMs;
    const read = async (_: Address, jobs: readonly string[]) => {
      seen.push([...jobs]);
      return 2;
    };
    admission = createAdmission({
      ...{ topic, market: TEST_MARKET, offenders, now, wallClock: now },
      standings: createStandings(read, now),
    });
    const signer = gossipSigner();
    const expiresAt = Math.floor(timeMs / 1_000) + 3_600;
    const { delegation } = await signedDelegation(signer, { expiresAt });
    admission.judge(neighbour, say(signer, { delegation }));
    await expect.poll(() => admission.standingOf(peerIdOfKey(signer.key))).toBe(2);
    const forger = { key: signer.key, sign: gossipSigner().sign };
    const other = `0x${"ee".repeat(32)}` as const;
    const fields = { sequence: ++sequence, atMs: timeMs, delegation };
    const lie = encodeMessage(
      topic,
      { ...fields, body: { hints: [{ job: other, block: 1n }] } },
      forger,
    );
    expect(admission.judge(neighbour, lie).verdict).toBe("forged");
    timeMs += 301_000;
    admission.judge(neighbour, say(signer, { delegation }));
    expect(seen).toEqual([[job], [job]]);
  });
});

describe("floods", () => {
  test("an author with standing has fifty a second, and who is beyond that itself is banned", async () => {
    const { signer, delegation, peerId } = await knownAuthor();
    timeMs += 10_000;
    const next = () => say(signer, { delegation });
    expect(await accepted(150, "another", next)).toBe(100);
    expect(offenders.score(peerId)).toBe(0); // who passes on can bunch what it got
    timeMs += 1_000;
    expect(await accepted(60, "another", next)).toBe(50);
    await accepted(30, peerId, next);
    expect(offenders.isBanned(peerId)).toBe(true);
  });

  test("all peers of an account have together what one has", async () => {
    const privateKey = generatePrivateKey();
    const { delegation } = await knownAuthor({ privateKey });
    timeMs += 10_000;
    const { expiresAt } = delegation;
    const peers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const signer = gossipSigner();
        return { signer, ...(await signedDelegation(signer, { privateKey, expiresAt })) };
      }),
    );
    let taken = 0;
    for (const { signer, delegation } of peers) {
      taken += await accepted(60, neighbour, () => say(signer, { delegation }));
    }
    expect(taken).toBe(100);
    for (const { signer } of peers) {
      expect(offenders.isBanned(peerIdOfKey(signer.key))).toBe(false);
    }
  });

  test("a crowd of new authors and accounts does not push out one with standing", async () => {
    const { signer, delegation, peerId } = await knownAuthor();
    admission.judge(neighbour, say(signer, { delegation }));
    for (let i = 0; i < 10_500; i++) {
      if (i % 90 === 0) timeMs += 1_000;
      const stranger = gossipSigner();
      const verdict = admission.judge(`neighbour ${i % 10}`, say(stranger)).verdict;
      expect(verdict).toBe("accepted");
      standings.of(`0x${i.toString(16).padStart(40, "0")}`, []);
    }
    // What strangers may say is said.
    while (admission.judge("another", say(gossipSigner())).verdict === "accepted");
    const verdict = admission.judge("yet another", say(signer, { delegation })).verdict;
    expect(verdict).toBe("accepted");
    expect(admission.standingOf(peerId)).toBe(5);
  });

  test("strangers hold up strangers alone", async () => {
    const { signer, delegation } = await knownAuthor();
    timeMs += 10_000;
    expect(await accepted(200, neighbour, () => say(gossipSigner()))).toBe(60);
    const honest = await admission.judge(neighbour, say(signer, { delegation }));
    expect(honest.verdict).toBe("accepted");
    // Nor those that come by way of another neighbour.
    expect((await admission.judge("another", say(gossipSigner()))).verdict).toBe("accepted");
  });

  test("one stranger is not all of them", async () => {
    const signer = gossipSigner();
    expect(await accepted(50, neighbour, () => say(signer))).toBe(20);
    expect((await admission.judge(neighbour, say(gossipSigner()))).verdict).toBe("accepted");
  });

  test("a neighbour that passes on more than an honest one could is banned", async () => {
    const stranger = gossipSigner();
    const next = () => say(stranger);
    // All that it takes itself, for half a minute.
    for (let second = 0; second < 30; second++) {
      timeMs += 1_000;
      await accepted(100, neighbour, next);
    }
    expect(offenders.score(neighbour)).toBe(0);
    for (let second = 0; second < 5; second++) {
      timeMs += 1_000;
      await accepted(250, neighbour, next);
    }
    expect(offenders.isBanned(neighbour)).toBe(true);
  });

  test("of many neighbours together no more than an honest one passes on", async () => {
    let taken = 0;
    for (let i = 0; i < 50; i++) {
      taken += await accepted(20, `neighbour ${i}`, () => say(gossipSigner()));
    }
    expect(taken).toBe(100);
  });

  test("of invented delegations cost the chain a few looks", async () => {
    let looks = 0;
    const standings = createStandings(
      async () => {
        looks++;
        return 0;
      },
      () => timeMs,
    );
    for (let i = 0; i < 1_000; i++) {
      standings.of(`0x${i.toString(16).padStart(40, "0")}`, []);
    }
    expect(looks).toBe(20);
  });
});
