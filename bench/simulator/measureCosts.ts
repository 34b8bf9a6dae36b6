/**
 * What a message costs a peer in CPU time: gossip alone, each member a process, in a network whose members do different things. CPU time and
 * not wall time, since the machine may be busy with other things.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type FrameBytes, idCostMs, someHints } from "../../network/test/gossipFrames.ts";
import { MemberProcess } from "../net/processes.ts";
import type { Costs } from "./costs.ts";

const PER_SECOND = 200;
const SECONDS = 8;
const ROUNDS = 4;
/** Said before it counts: the first of every author cost the check of its delegation, and V8 compiles what it sees often. */
const WARM_UP = 2_000;
/** Each copy costs something: what is less is noise of the measurement. */
const LEAST_MS = 0.02;

/** What a member used for each message that the author said. */
interface Used {
  cpuMs: number;
  bytes: number;
}

/** By member, the earlier ones that it dials: an author, one who only listens, four in the middle who pass on what they hear to the last. */
const DIALS = [[], [0], [0], [0], [0], [0], [2, 3, 4, 5]];

async function start(dials: readonly number[][]): Promise<MemberProcess[]> {
  const members: MemberProcess[] = [];
  const addresses: string[] = [];
  for (const others of dials) {
    const member = new MemberProcess();
    const { joined = [] } = await member.order({ do: "join", kind: "chorus", bootstrap: [] });
    addresses.push(joined[0] ?? "");
    const named = others.map((other) => addresses[other] ?? "");
    await member.order({ do: "connect", addresses: named });
    members.push(member);
  }
  await sleep(4_000); // meshes form within two heartbeats
  return members;
}

/** What each member uses a second, while the author speaks or is silent. */
async function use(members: readonly MemberProcess[], isSpoken: boolean): Promise<Used[]> {
  await Promise.all(members.map((member) => member.order({ do: "begin" })));
  const startedAt = performance.now();
  const count = PER_SECOND * SECONDS;
  if (isSpoken) await members[0]?.order({ do: "say", count, perSecond: PER_SECOND });
  else await sleep(SECONDS * 1_000);
  await sleep(500);
  const reports = await Promise.all(members.map((member) => member.order({ do: "report" })));
  const seconds = (performance.now() - startedAt) / 1_000;
  return reports.map(({ cpuMs = 0, bytes = 0 }) => ({
    cpuMs: cpuMs / seconds,
    bytes: bytes / seconds,
  }));
}

async function measureUse(dials: readonly number[][]): Promise<Used[]> {
  const members = await start(dials);
  try {
    await members[0]?.order({ do: "say", count: WARM_UP, perSecond: PER_SECOND });
    await sleep(2_500);
    const idle = await use(members, false);
    const rounds: Used[][] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await use(members, true));
    // What other processes did to the caches only ever adds.
    const busy = members.map((_, member) => {
      const own = rounds.flatMap((round) => round[member] ?? []);
      return own.reduce((least, one) => (one.cpuMs < least.cpuMs ? one : least));
    });
    const perSecond = (PER_SECOND * SECONDS) / (SECONDS + 0.5);
    return busy.map(({ cpuMs, bytes }, member) => ({
      cpuMs: (cpuMs - (idle[member]?.cpuMs ?? 0)) / perSecond,
      bytes: (bytes - (idle[member]?.bytes ?? 0)) / perSecond,
    }));
  } finally {
    for (const member of members) await member.stop();
  }
}

/**
 * Everybody but the author takes each message once, and some have it from several, or pass it on: how many copies come and go beside the first
 * their bytes tell. What a copy costs is the slope of the line through them, and what the first one costs is where the line
 * begins. Copies that come and copies that go are not told apart. The author sends to all its five neighbours.
 */
export async function measureCosts(frames: FrameBytes): Promise<Costs> {
  const [author = { cpuMs: 0, bytes: 0 }, ...others] = await measureUse(DIALS);
  const frame = frames.withMessage(frames.message(someHints(1)));
  const points = others.map(({ cpuMs, bytes }) => ({ copies: bytes / frame - 1, cpuMs }));
  const { slope, start } = lineThrough(points);
  const copy = Math.max(LEAST_MS, slope);
  const sent = author.bytes / frame;
  const publish = Math.max(LEAST_MS, author.cpuMs - sent * copy);
  return { publish, first: start, duplicate: copy, send: copy, id: idCostMs() };
}

/** By least squares. */
function lineThrough(points: readonly { copies: number; cpuMs: number }[]) {
  const mean = (key: "copies" | "cpuMs") =>
    points.reduce((sum, { [key]: value }) => sum + value, 0) / points.length;
  const [x, y] = [mean("copies"), mean("cpuMs")];
  const up = points.reduce((sum, { copies, cpuMs }) => sum + (copies - x) * (cpuMs - y), 0);
  const along = points.reduce((sum, { copies }) => sum + (copies - x) ** 2, 0);
  const slope = up / along;
  return { slope, start: y - slope * x };
}
