import { encode } from "@ipld/dag-cbor";
import { lpStream } from "@libp2p/utils";
import { afterEach, describe, expect, test } from "vitest";
import { type DirectHost, directHosts } from "../../test/directHosts.ts";
import { gossipSigner, signedDelegation } from "../../test/gossip.ts";
import type { Delegation } from "../wire/delegation.ts";
import type { Signer } from "../wire/signer.ts";
import { type Caller, DIRECT_PROTOCOL } from "./direct.ts";
import { decodeAnswer, encodeAnswer, encodeRequest } from "./frames.ts";

/** The name of a peer that is nowhere. */
const NOBODY = "12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5";

const { host, stopAll } = directHosts();

/** Two hosts of which the first knows where the second is. */
async function pair(delegationOf?: (signer: Signer) => Promise<Delegation>) {
  const [asker, answerer] = await Promise.all([host(delegationOf), host()]);
  await asker.libp2p.dial(answerer.libp2p.getMultiaddrs());
  return { asker, answerer };
}

afterEach(stopAll);

describe("a question", () => {
  test("is answered, with who asks", async () => {
    const callers: Caller[] = [];
    const { asker, answerer } = await pair(async (signer) => {
      return (await signedDelegation(signer)).delegation;
    });
    answerer.direct.serve("double", (body, caller) => {
      callers.push(caller);
      return 2 * (body as number);
    });
    const { body, times } = await asker.direct.ask(answerer.name, "double", 21);
    expect(body).toBe(42);
    expect(times.heardMs).toBeGreaterThanOrEqual(times.askedMs);
    expect(callers).toMatchObject([{ peerId: asker.name }]);
    expect(callers[0]?.account).toMatch(/^0x/);
  });

  test("in an account's name without its word is a stranger's", async () => {
    const callers: Caller[] = [];
    const { asker, answerer } = await pair(async () => {
      return (await signedDelegation(gossipSigner())).delegation; // another peer's
    });
    answerer.direct.serve("who", (_, caller) => void callers.push(caller));
    await asker.direct.ask(answerer.name, "who", null);
    expect(callers).toEqual([{ peerId: asker.name, account: undefined }]);
  });

  test.each([
    ["that nobody serves", "other", 1, "unknown kind"],
    ["that is wrong", "positive", -1, "bad request"],
    ["whose answer fails", "broken", 1, "failed"],
    ["whose answer is too long", "long", 1, undefined],
  ])("%s is refused with its reason", async (_, kind, body, reason) => {
    const { asker, answerer } = await pair();
    answerer.direct.serve("positive", (value) => {
      if ((value as number) < 0) throw new RangeError("give a positive number");
    });
    answerer.direct.serve("broken", () => {
      throw new Error("a secret of the peer");
    });
    answerer.direct.serve("long", () => new Uint8Array(70_000));
    const failure = asker.direct.ask(answerer.name, kind, body);
    const expected =
      reason === undefined ? { code: "PEER_SILENT" } : { code: "PEER_REFUSED", reason };
    await expect(failure).rejects.toMatchObject(expected);
    await expect(failure).rejects.not.toThrow("secret");
  });

  test("that nobody answers is given up, and so is one that its asker gives up", async () => {
    const { asker, answerer } = await pair();
    answerer.direct.serve("never", () => new Promise(() => {}));
    const timeoutMs = 300;
    await expect(
      asker.direct.ask(answerer.name, "never", null, { timeoutMs }),
    ).rejects.toMatchObject({ code: "PEER_SILENT" });
    const stop = new AbortController();
    const given = asker.direct.ask(answerer.name, "never", null, { signal: stop.signal });
    stop.abort(new Error("not needed any more"));
    await expect(given).rejects.toThrow("not needed any more");
    await expect(asker.direct.ask(NOBODY, "x", null, { timeoutMs })).rejects.toMatchObject({
      code: "PEER_SILENT",
    });
  });

  test("put to several is answered by whoever gives a good answer first", async () => {
    const [asker, bad, mute, good] = await Promise.all([host(), host(), host(), host()]);
    for (const { libp2p } of [bad, mute, good]) await asker.libp2p.dial(libp2p.getMultiaddrs());
    bad.direct.serve("price", () => -1);
    mute.direct.serve("price", () => new Promise(() => {}));
    good.direct.serve("price", () => 7);
    const names = [bad.name, mute.name, good.name];
    const take = ({ body }: { body: unknown }, peerId: string) => {
      if ((body as number) < 0) throw new RangeError("no price");
      return { price: body, peerId };
    };
    const answer = await asker.direct.first(names, "price", null, take);
    expect(answer).toEqual({ price: 7, peerId: good.name });
    await expect(asker.direct.first([bad.name], "price", null, take)).rejects.toThrow(
      AggregateError,
    );
  });
});

describe("a hostile peer", () => {
  async function raw(
    { asker, answerer }: { asker: DirectHost; answerer: DirectHost },
    bytes: Uint8Array,
  ) {
    const stream = await asker.libp2p.dialProtocol(answerer.libp2p.peerId, DIRECT_PROTOCOL, {
      maxOutboundStreams: 512,
    });
    const frames = lpStream(stream);
    await frames.write(bytes);
    return (await frames.read()).subarray();
  }

  test("that sends nonsense, or asks in another's name, gets no answer, and is noted", async () => {
    const both = await pair();
    const { asker, answerer } = both;
    answerer.direct.serve("x", () => 1);
    const question = { kind: "x", atMs: Date.now(), delegation: undefined, body: null };
    for (const bytes of [
      new Uint8Array([1, 2, 3]),
      encode({ v: 1 }),
      encodeRequest(answerer.name, question, gossipSigner()),
      // One that was put to somebody else.
      encodeRequest(asker.name, question, asker.signer),
    ]) {
      await expect(raw(both, bytes)).rejects.toThrow();
    }
    expect(answerer.offences).toEqual(Array(4).fill(asker.name));
    const fine = encodeRequest(answerer.name, question, asker.signer);
    const answer = await raw(both, fine);
    expect(decodeAnswer(fine, answerer.signer.key, answer).body).toBe(1);
    // The answer to another question is none to this one.
    const other = encodeRequest(answerer.name, { ...question, atMs: 1 }, asker.signer);
    expect(() => decodeAnswer(other, answerer.signer.key, answer)).toThrow("signature");
  });

  test("that asks without end is answered up to its limit, and does not hold up others", async () => {
    const both = await pair();
    const { asker, answerer } = both;
    const third = await host();
    await third.libp2p.dial(answerer.libp2p.getMultiaddrs());
    let served = 0;
    answerer.direct.serve("x", () => ++served);
    const question = { kind: "x", atMs: Date.now(), delegation: undefined, body: null };
    const bytes = encodeRequest(answerer.name, question, asker.signer);
    const startedAt = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 300 }, () => raw(both, bytes)));
    const seconds = (performance.now() - startedAt) / 1_000;
    const answered = outcomes.filter(({ status }) => status === "fulfilled").length;
    expect(answered).toBe(served);
    expect(answered).toBeGreaterThan(0);
    expect(answered).toBeLessThanOrEqual(60 + Math.ceil(20 * seconds));
    expect((await third.direct.ask(answerer.name, "x", null)).body).toBe(served);
  });

  test("that opens questions and never ends them does not hold up others", async () => {
    const [first, second, third, answerer] = await Promise.all([host(), host(), host(), host()]);
    answerer.direct.serve("x", () => 1);
    const open = async ({ libp2p }: DirectHost) => {
      await libp2p.dial(answerer.libp2p.getMultiaddrs());
      const options = { maxOutboundStreams: 64 };
      for (let i = 0; i < 40; i++) {
        const stream = await libp2p.dialProtocol(answerer.libp2p.peerId, DIRECT_PROTOCOL, options);
        if (stream.status === "open") stream.send(Uint8Array.of(100)); // a hundred bytes are to come
      }
    };
    await Promise.all([first, second].map(open));
    await third.libp2p.dial(answerer.libp2p.getMultiaddrs());
    expect((await third.direct.ask(answerer.name, "x", null)).body).toBe(1);
  });

  test("that refuses in words without end, or for a terminal, is quoted shortly and plainly", async () => {
    const { asker, answerer } = await pair();
    answerer.direct.serve("x", () => {
      throw new RangeError(`\u001b[2J\u202e${"x".repeat(1_000)}`);
    });
    const error = await asker.direct.ask(answerer.name, "x", null).catch((cause) => cause);
    expect(error).toMatchObject({ code: "PEER_REFUSED" });
    expect(error.message).not.toMatch(/\p{C}/u);
    expect(error.message.length).toBeLessThan(400);
    const request = new Uint8Array();
    const refusal = { code: `\u001b[2J${"x".repeat(1_000)}`, message: "no" };
    const bytes = encodeAnswer(request, { atMs: 1, refusal }, answerer.signer);
    const read = decodeAnswer(request, answerer.signer.key, bytes).refusal;
    expect(read?.code).toBe(` [2J${"x".repeat(28)}`);
  });
});
