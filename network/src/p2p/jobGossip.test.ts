import { encodeJobHint, type JobHint, jobsTopic } from "@assay/sdk";
import { encode } from "@ipld/dag-cbor";
import { TopicValidatorResult } from "@libp2p/gossipsub";
import type { Libp2p } from "@libp2p/interface";
import { createLibp2p } from "libp2p";
import { afterEach, expect, test } from "vitest";
import { type HostServices, hostOptions } from "./hostOptions.ts";
import { joinJobGossip } from "./jobGossip.ts";

const topic = jobsTopic(31_337, "0x00000000000000000000000000000000000000A5");
const job = `0x${"ab".repeat(32)}` as const;
const hosts: Libp2p<HostServices>[] = [];

async function host(): Promise<Libp2p<HostServices>> {
  const created = await createLibp2p(
    hostOptions({ network: "local", listen: ["/ip4/127.0.0.1/tcp/0"], isFirst: true, topic }),
  );
  hosts.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((h) => h.stop()));
});

function mesh(of: Libp2p<HostServices>): Promise<unknown> {
  return new Promise((resolve) => {
    of.services.pubsub.addEventListener("gossipsub:graft", resolve, { once: true });
  });
}

test("what is no hint, or too old, is neither heard nor passed on", async () => {
  const [liar, middle, far] = await Promise.all([host(), host(), host()]);
  const heardByMiddle: JobHint[] = [];
  const heardByFar: JobHint[] = [];
  // The liar takes part without checking anything.
  liar.services.pubsub.subscribe(topic);
  joinJobGossip(middle.services.pubsub, { topic, onHint: (hint) => heardByMiddle.push(hint) });
  joinJobGossip(far.services.pubsub, { topic, onHint: (hint) => heardByFar.push(hint) });
  const meshes = Promise.all([mesh(liar), mesh(far)]);
  await middle.dial(liar.getMultiaddrs());
  await middle.dial(far.getMultiaddrs());
  await meshes;

  const say = (data: Uint8Array) => liar.services.pubsub.publish(topic, data);
  const yesterday = Date.now() - 86_400_000;
  await say(new TextEncoder().encode("buy now"));
  await say(new Uint8Array(2_000));
  await say(encode({ v: 1, job: new Uint8Array(32), block: 1, at: yesterday }));
  await say(encode({ v: 1, job: new Uint8Array(31), block: 1, at: Date.now() }));
  await say(encodeJobHint({ job, block: 5n }));

  // Messages travel in order: once the good one is there, the others were dropped.
  await expect.poll(() => heardByFar).toMatchObject([{ job, block: 5n }]);
  expect(heardByMiddle).toMatchObject([{ job, block: 5n }]);
});

test("a flood from one peer is cut off, and from it alone", async () => {
  const [flooder, hearer, other] = await Promise.all([host(), host(), host()]);
  joinJobGossip(hearer.services.pubsub, { topic, onHint() {} });
  const validate = hearer.services.pubsub.topicValidators.get(topic);
  const verdict = (from: Libp2p, block: bigint) =>
    validate?.(from.peerId, { type: "unsigned", topic, data: encodeJobHint({ job, block }) });
  const verdicts = Array.from({ length: 1_000 }, (_, i) => verdict(flooder, BigInt(i)));
  const accepted = verdicts.filter((v) => v === TopicValidatorResult.Accept).length;
  expect(accepted).toBeGreaterThanOrEqual(200);
  expect(accepted).toBeLessThan(400);
  expect(verdicts.at(-1)).toBe(TopicValidatorResult.Ignore);
  expect(verdict(other, 1n)).toBe(TopicValidatorResult.Accept);
});
