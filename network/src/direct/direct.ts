import { abortable, createSemaphore } from "@assay/sdk/concurrency";
import { bytesToHex } from "@assay/sdk/protocol";
import type { Connection, Libp2p, PeerId, Stream } from "@libp2p/interface";
import { peerIdFromString } from "@libp2p/peer-id";
import { lpStream } from "@libp2p/utils";
import type { Address } from "viem";
import { createRateLimiter } from "../gossip/rateLimiter.ts";
import { remember } from "../recent/remember.ts";
import { type Delegation, isSignedByAccount, type MarketplaceRef } from "../wire/delegation.ts";
import { peerIdOfKey } from "../wire/peerIdOfKey.ts";
import type { Signer } from "../wire/signer.ts";
import { PeerRefusedError, PeerSilentError } from "./errors.ts";
import {
  type DirectAnswer,
  type DirectRequest,
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  encodeRequest,
  MAX_FRAME_BYTES,
} from "./frames.ts";

export const DIRECT_PROTOCOL = "/assay/direct/1";

/** How long an answer may take, dialling included, and how long a question is worked on, in milliseconds. */
const DEADLINE_MS = 5_000;
/** Questions of one peer. */
const LIMIT = { perSecond: 20, burst: 60 };
/** Questions answered at a time, of all peers, and asked at a time. */
const MOST_ANSWERING = 64;
const MOST_ASKING = 64;
/** Delegations that are remembered. */
const MOST_CHECKED = 1_000;
/** Streams at a time over one connection. */
const STREAMS = { maxInboundStreams: 64, maxOutboundStreams: 64 };

/** Who asks, as far as it proved that. */
export interface Caller {
  peerId: string;
  account: Address | undefined;
}

export type Service = (body: unknown, caller: Caller) => unknown | Promise<unknown>;

export interface AskOptions {
  signal?: AbortSignal | undefined;
  /** Default: 5,000. */
  timeoutMs?: number | undefined;
}

export interface Answer {
  body: unknown;
  /** When the question left and the answer came, and when the other sent it, by the clocks of each, in Unix milliseconds. */
  times: { askedMs: number; answeredMs: number; heardMs: number };
}

/** Questions from peer to peer, and their answers, both signed. */
export interface Direct {
  /** Answers questions of this kind from now on. A `RangeError` or `TypeError` of the service tells the caller that its question is wrong. */
  serve(kind: string, service: Service): void;
  /**
   * @throws {@link PeerSilentError} {@link PeerRefusedError}
   */
  ask(peerId: string, kind: string, body: unknown, options?: AskOptions): Promise<Answer>;
  /**
   * Asks several peers at once. The first answer that is taken wins; the other questions are given up.
   * @param take - returns what the answer is good for, or throws.
   *
   * @throws AggregateError when no answer was taken.
   */
  first<T>(
    peerIds: readonly string[],
    kind: string,
    body: unknown,
    take: (answer: Answer, peerId: string) => T,
    options?: AskOptions,
  ): Promise<T>;
  stop(): Promise<void>;
}

export interface DirectParameters {
  libp2p: Libp2p;
  signer: Signer;
  /** Whose delegations count. Without it nobody speaks for an account. */
  market?: MarketplaceRef | undefined;
  delegation?: (() => Delegation | undefined) | undefined;
  /** Called when a peer sends what it should not. */
  onOffence?: (peerId: string) => void;
}

/** Opens the protocol on a running host. */
export async function openDirect({
  libp2p,
  signer,
  market,
  delegation = () => undefined,
  onOffence = () => {},
}: DirectParameters): Promise<Direct> {
  const services = new Map<string, Service>();
  const limiter = createRateLimiter(LIMIT);
  const asking = createSemaphore(MOST_ASKING);
  const stopping = new AbortController();
  const self = libp2p.peerId.toString();
  /** Delegations that were checked lately, by all that is in them, and whether the account signed them. */
  const checked = new Map<string, boolean>();
  let answering = 0;

  async function answerTo(bytes: Uint8Array, peer: PeerId): Promise<DirectAnswer | undefined> {
    const peerId = peer.toString();
    let request: DirectRequest;
    try {
      request = decodeRequest(self, bytes);
      // The connection says who speaks: nobody asks in another's name.
      if (peerIdOfKey(request.key) !== peerId) throw new TypeError("another peer's key");
    } catch {
      onOffence(peerId);
      return undefined;
    }
    const refused = (code: string, message: string) => ({
      atMs: Date.now(),
      refusal: { code, message },
    });
    const service = services.get(request.kind);
    if (service === undefined) return refused("unknown kind", "this peer does not answer that");
    try {
      const account = accountOf(request);
      return { body: await service(request.body, { peerId, account }), atMs: Date.now() };
    } catch (error) {
      const isTheirs = error instanceof RangeError || error instanceof TypeError;
      // What is wrong with us is for our own log.
      return isTheirs
        ? refused("bad request", error.message.slice(0, 200))
        : refused("failed", "the peer could not find the answer");
    }
  }

  function accountOf({ key, delegation: theirs }: DirectRequest): Address | undefined {
    if (market === undefined || theirs === undefined) return undefined;
    if (theirs.expiresAt * 1_000 < Date.now()) return undefined;
    const peerKey = bytesToHex(key);
    const name = `${peerKey} ${theirs.account} ${theirs.expiresAt} ${theirs.signature}`;
    const isSigned = checked.get(name) ?? isSignedByAccount(market, peerKey, theirs);
    remember(checked, name, isSigned, MOST_CHECKED);
    return isSigned ? theirs.account : undefined;
  }

  async function handle(stream: Stream, { remotePeer }: Connection): Promise<void> {
    const frames = lpStream(stream, { maxDataLength: MAX_FRAME_BYTES });
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(DEADLINE_MS)]);
    if (!limiter.take(remotePeer.toString())) {
      stream.abort(new Error("too many questions"));
      return;
    }
    try {
      const bytes = (await frames.read({ signal })).subarray();
      const answer = await inTurn(() => answerTo(bytes, remotePeer), signal);
      if (answer === undefined) throw new Error("no question");
      await frames.write(encodeAnswer(bytes, answer, signer), { signal });
      await stream.close({ signal });
    } catch (error) {
      stream.abort(error as Error);
    }
  }

  /** Who takes long to ask, or to read the answer, holds up nobody else. */
  async function inTurn<T>(find: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (answering >= MOST_ANSWERING) throw new Error("too many questions");
    answering++;
    try {
      return await abortable(find(), signal);
    } finally {
      answering--;
    }
  }

  async function ask(
    peerId: string,
    kind: string,
    body: unknown,
    { signal, timeoutMs = DEADLINE_MS }: AskOptions = {},
  ): Promise<Answer> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const any = [stopping.signal, timeout, ...(signal === undefined ? [] : [signal])];
    const limited = AbortSignal.any(any);
    try {
      return await asking.run(() => exchange(peerId, kind, body, limited), limited);
    } catch (cause) {
      if (cause instanceof PeerRefusedError || cause instanceof RangeError) throw cause;
      if (signal?.aborted) throw signal.reason;
      throw new PeerSilentError(peerId, kind, { cause: cause as Error });
    }
  }

  async function exchange(
    peerId: string,
    kind: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<Answer> {
    const peer = peerIdFromString(peerId);
    if (peer.type !== "Ed25519") throw new TypeError("a peer of another kind of key");
    const stream = await libp2p.dialProtocol(peer, DIRECT_PROTOCOL, {
      ...{ signal, runOnLimitedConnection: true },
      maxOutboundStreams: STREAMS.maxOutboundStreams,
    });
    try {
      const frames = lpStream(stream, { maxDataLength: MAX_FRAME_BYTES });
      const askedMs = Date.now();
      const request = { kind, atMs: askedMs, delegation: delegation(), body };
      const bytes = encodeRequest(peerId, request, signer);
      await frames.write(bytes, { signal });
      const raw = (await frames.read({ signal })).subarray();
      const heardMs = Date.now();
      const answer = decodeAnswer(bytes, peer.publicKey.raw, raw);
      const { refusal } = answer;
      if (refusal !== undefined) {
        throw new PeerRefusedError(peerId, refusal.code, refusal.message);
      }
      await stream.close({ signal });
      return { body: answer.body, times: { askedMs, answeredMs: answer.atMs, heardMs } };
    } catch (error) {
      stream.abort(error as Error);
      throw error;
    }
  }

  await libp2p.handle(DIRECT_PROTOCOL, handle, { ...STREAMS, runOnLimitedConnection: true });
  return {
    serve: (kind, service) => void services.set(kind, service),
    ask,
    async first(peerIds, kind, body, take, { signal, timeoutMs } = {}) {
      const over = new AbortController();
      const any = AbortSignal.any(signal === undefined ? [over.signal] : [over.signal, signal]);
      const options = { signal: any, timeoutMs };
      try {
        const asked = peerIds.map(async (peerId) => {
          return take(await ask(peerId, kind, body, options), peerId);
        });
        return await Promise.any(asked);
      } finally {
        over.abort(new Error("another answer was taken"));
      }
    },
    async stop() {
      stopping.abort(new Error("the peer is stopping"));
      await libp2p.unhandle(DIRECT_PROTOCOL);
    },
  };
}
