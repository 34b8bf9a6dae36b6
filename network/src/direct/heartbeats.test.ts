import { afterEach, expect, test } from "vitest";
import { type DirectHost, directHosts } from "../../test/directHosts.ts";
import { createNetworkClock } from "./clock.ts";
import { startHeartbeats, watchedBy } from "./heartbeats.ts";

const { host, stopAll } = directHosts();
const timesMs = { shared: 50, clocks: 50, silent: 1_000 };
const ends: (() => void)[] = [];

function beating(self: DirectHost, neighbours: readonly string[] = []) {
  const changes: [string, boolean][] = [];
  const clock = createNetworkClock();
  const heartbeats = startHeartbeats({
    ...{ self: self.name, direct: self.direct, clock, neighbours: () => neighbours, timesMs },
    onChange: (...change) => changes.push(change),
  });
  ends.push(() => heartbeats.stop());
  return { changes, clock, heartbeats };
}

afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await stopAll();
});

test("a peer that stops is suspected by those that share work with it, and by nobody else", async () => {
  const [watcher, other, gone] = await Promise.all([host(), host(), host()]);
  for (const { libp2p } of [watcher, other]) await libp2p.dial(gone.libp2p.getMultiaddrs());
  beating(gone);
  const sharing = beating(watcher);
  const knowing = beating(other);
  sharing.heartbeats.share([gone.name]);
  // On a busy machine its first answer may take longer than it may be silent here.
  const isHeard = () =>
    sharing.clock.report().peers === 1 && sharing.heartbeats.suspected.length === 0;
  await expect.poll(isHeard).toBe(true);
  await gone.libp2p.stop();
  await expect.poll(() => sharing.heartbeats.suspected).toEqual([gone.name]);
  expect(sharing.changes.at(-1)).toEqual([gone.name, true]);
  expect(knowing.changes).toEqual([]);
  sharing.heartbeats.share([]);
  expect(sharing.heartbeats.suspected).toEqual([]);
});

test("a peer that was mute for a while is no longer suspected when it is heard again", async () => {
  const [watcher, mute] = await Promise.all([host(), host()]);
  await watcher.libp2p.dial(mute.libp2p.getMultiaddrs());
  const sharing = beating(watcher);
  sharing.heartbeats.share([mute.name]); // which does not answer that yet
  await expect.poll(() => sharing.heartbeats.suspected).toEqual([mute.name]);
  beating(mute);
  await expect.poll(() => sharing.heartbeats.suspected).toEqual([]);
  expect(sharing.changes.slice(0, 2)).toEqual([
    [mute.name, true],
    [mute.name, false],
  ]);
});

test("of many that share work sixteen are watched, and everybody by as many", () => {
  const names = Array.from({ length: 40 }, (_, i) => `peer${String(i).padStart(2, "0")}`);
  const watched = names.flatMap((self) => watchedBy(self, names));
  const counts = names.map((name) => watched.filter((one) => one === name).length);
  expect(counts).toEqual(names.map(() => 16));
  expect(watchedBy("peer01", ["peer00", "peer01", "peer02"])).toEqual(["peer02", "peer00"]);
});

test("partners of an award are watched whatever their place among the others, up to sixteen", async () => {
  const [watcher, partner] = await Promise.all([host(), host()]);
  const { heartbeats } = beating(watcher);
  // More that share work than are watched, and all of them silent as the partner is.
  const names = await Promise.all(Array.from({ length: 20 }, async () => (await host()).name));
  heartbeats.share(names, [partner.name, watcher.name]);
  await expect.poll(() => heartbeats.suspected).toContain(partner.name);
  await expect.poll(() => heartbeats.suspected.length).toBeGreaterThanOrEqual(16);
  expect(heartbeats.suspected.length).toBeLessThanOrEqual(17);
  heartbeats.share([], [...names, partner.name]);
  expect(heartbeats.suspected).not.toContain(partner.name);
});

test("neighbours lend their clocks", async () => {
  const [asker, ...others] = await Promise.all([host(), host(), host(), host()]);
  for (const one of others) {
    await asker.libp2p.dial(one.libp2p.getMultiaddrs());
    beating(one);
  }
  const { clock } = beating(
    asker,
    others.map(({ name }) => name),
  );
  await expect.poll(() => clock.report().peers).toBe(3);
  // One machine has one clock.
  expect(clock.report().isWrong).toBe(false);
});
