import { type AskedJob, cidOf } from "@assay/sdk";
import { zeroAddress } from "viem";
import { afterEach, expect, test } from "vitest";
import { type DirectHost, directHosts } from "../../test/directHosts.ts";
import { QUOTE, quoteFields, readAskedJob } from "../direct/quote.ts";
import { createWorkers } from "./workers.ts";

const { host, stopAll } = directHosts();
afterEach(stopAll);

const job: AskedJob = {
  ...{ program: cidOf(Uint8Array.of(1)), batchSize: 2, memoryPages: 16, maxResultBytes: 1_024 },
  ...{ requester: zeroAddress, token: zeroAddress, arbiter: zeroAddress },
  ...{
    rewardPerTask: 2n ** 90n,
    stakePerBatch: 1n,
    jobId: `0x${"ab".repeat(32)}`,
    fuelPerTask: 2n ** 63n,
    submitWindowSeconds: 3_600,
  },
};
const taken = {
  ...{ isTaken: true, code: null, reason: null, freeBatches: 3, taskMs: null, job: null },
  ...{ minRewardPerTaskWei: 2n ** 80n, askedRewardPerTask: 2n ** 81n },
};

type Five = [DirectHost, DirectHost, DirectHost, DirectHost, DirectHost];

/** Hosts whose first one knows where the others are. */
async function hosts(count: number): Promise<DirectHost[]> {
  const all = await Promise.all(Array.from({ length: count }, () => host()));
  const [asker, ...others] = all as [DirectHost, ...DirectHost[]];
  for (const { libp2p } of others) await asker.libp2p.dial(libp2p.getMultiaddrs());
  return all;
}

/** The workers that gossip and the DHT know. */
function workersOf({ direct }: DirectHost, heard: readonly string[], found: readonly string[]) {
  const present = heard.map((peerId) => ({
    author: { peerId, account: undefined, standing: 0 },
    ...{ roles: ["worker"], tags: [], freeBatches: 1 },
  }));
  return createWorkers({
    market: { present, direct },
    async *find() {
      yield* found;
    },
  });
}

test("workers that were heard of, or that the DHT knows, are asked once each, all at the same time", async () => {
  const [asker, heard, found, mute, other] = (await hosts(5)) as Five;
  const asked: AskedJob[] = [];
  for (const { direct } of [heard, found]) {
    direct.serve(QUOTE, (body) => {
      asked.push(readAskedJob(body));
      return quoteFields(taken);
    });
  }
  mute.direct.serve(QUOTE, () => new Promise(() => {}));
  other.direct.serve(QUOTE, () =>
    quoteFields({ ...taken, isTaken: false, code: "ROLE", reason: "this node is no worker" }),
  );
  const workers = workersOf(asker, [heard.name], [found.name, heard.name, mute.name, other.name]);
  const answers = await workers.ask(job, { timeoutMs: 5_000 });
  const quotes = new Map(answers.map(({ peerId, quote }) => [peerId, quote]));
  expect(quotes).toEqual(
    new Map([
      [heard.name, taken],
      [found.name, taken],
      [mute.name, undefined],
    ]),
  );
  expect(asked).toEqual([job, job]);
});

test("any number of strangers that call themselves workers does not hide one with standing", async () => {
  const asked: string[] = [];
  const present = Array.from({ length: 2_000 }, (_, i) => ({
    author: { peerId: `${i}`, account: undefined, standing: i === 1_234 ? 2 : 0 },
    ...{ roles: ["worker"], tags: [], freeBatches: 1 },
  }));
  const ask = async (peerId: string) => {
    asked.push(peerId);
    throw new Error("it does not answer");
  };
  const direct = { ask } as unknown as DirectHost["direct"];
  await createWorkers({ market: { present, direct }, async *find() {} }).ask(job);
  expect(asked.length).toBe(32);
  expect(asked).toContain("1234");
});

test("where there are none, it says so when the time is over; whoever gives up is told why", async () => {
  const [asker] = (await hosts(1)) as [DirectHost];
  expect(await workersOf(asker, [], []).ask(job, { timeoutMs: 300 })).toEqual([]);
  const stop = AbortSignal.abort(new Error("enough"));
  await expect(workersOf(asker, [], []).ask(job, { signal: stop })).rejects.toThrow("enough");
});

test("a quote that is none counts as no answer", async () => {
  const [asker, liar] = (await hosts(2)) as [DirectHost, DirectHost];
  liar.direct.serve(QUOTE, () => ({ isTaken: "yes" }));
  const [answer] = await workersOf(asker, [liar.name], []).ask(job, { timeoutMs: 3_000 });
  expect(answer).toEqual({ peerId: liar.name, account: undefined, quote: undefined });
});
