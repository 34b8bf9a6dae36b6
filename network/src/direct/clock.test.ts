import { expect, test } from "vitest";
import { createNetworkClock } from "./clock.ts";

/** An exchange with a peer whose clock is `behind` us, over a way that takes `there` and `back` milliseconds. */
function exchange(behind: number, { there = 10, back = 10 } = {}) {
  return {
    askedMs: 1_000_000,
    answeredMs: 1_000_000 + there - behind,
    heardMs: 1_000_000 + there + back,
  };
}

test("the offset is the median of the peers', and one that lies changes little", () => {
  const clock = createNetworkClock();
  clock.note("a", exchange(3_000));
  clock.note("b", exchange(3_010));
  expect(clock.report()).toEqual({ aheadMs: undefined, peers: 2, isWrong: false });
  clock.note("liar", exchange(-86_400_000));
  expect(clock.report()).toEqual({ aheadMs: 3_000, peers: 3, isWrong: true });
  clock.note("c", exchange(3_020));
  expect(clock.report().aheadMs).toBe(3_005);
});

test("of a peer's samples the fastest counts, and old ones are forgotten", () => {
  const clock = createNetworkClock();
  for (const name of ["a", "b", "c"]) {
    clock.note(name, exchange(100, { there: 500, back: 0 }));
    clock.note(name, exchange(100));
  }
  expect(clock.report()).toEqual({ aheadMs: 100, peers: 3, isWrong: false });
  for (const name of ["a", "b", "c"]) {
    for (let i = 0; i < 8; i++) clock.note(name, exchange(-200, { there: 20, back: 20 }));
  }
  expect(clock.report().aheadMs).toBe(-200);
  for (const name of ["a", "b", "c"]) clock.forget(name);
  expect(clock.report().peers).toBe(0);
});
