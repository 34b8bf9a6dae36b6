/**
 * What a message costs a peer in CPU time: gossip alone, each member a process, in a network whose members do different things. CPU time and
 * not wall time, since the machine may be busy with other things.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type FrameBytes, idCostMs, someHints } from "../../network/test/gossipFrames.ts";
import { MemberProcess } from "../net/processes.ts";
import type { Costs } from "./costs.ts";

const PER_SECOND = 200;
const SECONDS = 10;
/** Said before it counts: the first of every author cost the check of its delegation, and V8 compiles what it sees often. */
const WARM_UP = 2_000;
/** A duplicate costs something: what is less is noise of the measurement. */
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
    const busy = await use(members, true);
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
 * The author sends five times. The listener takes each message once, those in the middle pass it on besides, and the last has it from all four
 * of them; beyond that it passes it on itself to those that were slow, as its bytes tell.
 */
export async function measureCosts(frames: FrameBytes): Promise<Costs> {
  const [author, listener, ...others] = await measureUse(DIALS);
  const last = others.pop();
  if (!author || !listener || !last) throw new TypeError("a member is missing");
  const middle = others.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / others.length;
  const frame = frames.withMessage(frames.message(someHints(1)));
  const passedOn = Math.max(0, last.bytes / frame - others.length);
  const first = listener.cpuMs;
  const send = Math.max(LEAST_MS, middle - first);
  const extra = last.cpuMs - first - passedOn * send;
  const duplicate = Math.max(LEAST_MS, extra / (others.length - 1));
  const publish = author.cpuMs - (others.length + 1) * send;
  return { publish: Math.max(LEAST_MS, publish), first, duplicate, send, id: idCostMs() };
}
