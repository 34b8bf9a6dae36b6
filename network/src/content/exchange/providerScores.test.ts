import { beforeEach, describe, expect, test } from "vitest";
import { FIRST_BAN_MS, LONGEST_BAN_MS, ProviderScores } from "./providerScores.ts";

const MiB = 1 << 20;
let now: number;
let scores: ProviderScores;
beforeEach(() => {
  now = 1_000;
  scores = new ProviderScores(() => now);
});

function deliver(peer: string, { blocks = 1, bytes = MiB, ms = 10 } = {}): void {
  for (let i = 0; i < blocks; i++) {
    scores.asked(peer);
    now += ms;
    scores.delivered(peer, bytes, ms);
    scores.released(peer);
  }
}

describe("ranking", () => {
  test("who delivers faster comes first, and a small block counts for less than a large one", () => {
    deliver("slow", { ms: 80 });
    deliver("fast", { ms: 10 });
    deliver("small", { bytes: 100, ms: 3 });
    expect(scores.rank(["slow", "small", "fast"])).toEqual(["fast", "small", "slow"]);
  });

  test("who has much to do already comes later", () => {
    deliver("a", { ms: 10 });
    deliver("b", { ms: 30 });
    for (let i = 0; i < 5; i++) scores.asked("a");
    expect(scores.rank(["a", "b"])).toEqual(["b", "a"]);
  });

  test("an unknown peer is asked once the best known one has much to do", () => {
    deliver("known", { ms: 100 });
    for (let i = 0; i < 4; i++) scores.asked("known");
    expect(scores.rank(["new", "known"])[0]).toBe("new");
    scores.released("known");
    expect(scores.rank(["new", "known"])[0]).toBe("known");
  });

  test("unknown peers take turns", () => {
    const peers = ["a", "b", "c"];
    const asked = Array.from({ length: 6 }, () => {
      const [first = ""] = scores.rank(peers);
      now++;
      scores.asked(first);
      scores.released(first);
      return first;
    });
    expect(asked).toEqual(["a", "b", "c", "a", "b", "c"]);
  });

  test("who failed comes later, until it delivers", () => {
    deliver("a");
    deliver("b", { ms: 11 });
    scores.failed("a");
    expect(scores.rank(["a", "b"])).toEqual(["b", "a"]);
    deliver("a");
    expect(scores.rank(["a", "b"])).toEqual(["a", "b"]);
  });
});

describe("bans", () => {
  test("a liar is banned for half a minute, then twice as long each time, up to an hour", () => {
    const lasted: number[] = [];
    for (let i = 0; i < 9; i++) {
      scores.lied("liar");
      const from = now;
      while (scores.isBanned("liar")) now += 1_000;
      lasted.push(now - from);
    }
    expect(lasted.slice(0, 3)).toEqual([FIRST_BAN_MS, 2 * FIRST_BAN_MS, 4 * FIRST_BAN_MS]);
    expect(lasted.at(-1)).toBe(LONGEST_BAN_MS);
    expect(scores.rank(["liar", "other"])).toContain("liar");
    scores.lied("liar");
    expect(scores.rank(["liar", "other"])).toEqual(["other"]);
  });

  test("what was under way when the ban began does not make it longer", () => {
    for (let i = 0; i < 5; i++) scores.lied("liar");
    now += FIRST_BAN_MS;
    expect(scores.isBanned("liar")).toBe(false);
  });

  test("whoever stays silent is banned unless it has delivered much more", () => {
    expect(scores.silent("mute")).toBe(true);
    deliver("half", { blocks: 4 });
    expect(scores.silent("half")).toBe(true);
    deliver("good", { blocks: 20 });
    expect(scores.silent("good")).toBe(false);
    expect(scores.silent("good")).toBe(false);
    expect(scores.silent("good")).toBe(true);
    expect(scores.isProven("good")).toBe(false);
  });

  test("a day of good conduct makes the next ban short again", () => {
    scores.lied("peer");
    now += FIRST_BAN_MS;
    scores.lied("peer");
    now += 24 * LONGEST_BAN_MS;
    scores.lied("peer");
    now += FIRST_BAN_MS;
    expect(scores.isBanned("peer")).toBe(false);
  });

  test("a crowd of new names does not end a ban", () => {
    scores.lied("liar");
    for (let i = 0; i < 5_000; i++) scores.failed(`name ${i}`);
    expect(scores.isBanned("liar")).toBe(true);
    expect(scores.figures().size).toBeLessThanOrEqual(1_024);
  });
});

test("figures say what came from whom", () => {
  deliver("a", { blocks: 3, bytes: 100 });
  scores.lied("b");
  expect(Object.fromEntries(scores.figures())).toEqual({
    a: { blocks: 3, bytes: 300, bans: 0, isBanned: false },
    b: { blocks: 0, bytes: 0, bans: 1, isBanned: true },
  });
});
