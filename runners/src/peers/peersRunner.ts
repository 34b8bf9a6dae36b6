import type { Direct, Peer } from "@assay/network";
import { abortable } from "@assay/sdk/concurrency";
import { type Content, putBytes } from "@assay/sdk/protocol";
import { createRunner } from "../runner/createRunner.ts";
import type { Runner } from "../runner/runner.ts";
import { TooFewPeersError } from "./errors.ts";
import { createPeerLink, type PeerLink } from "./peerLink.ts";
import { quorumOf } from "./quorum.ts";
import { INLINE_BYTES } from "./wire.ts";

/** How long peers are looked for before a run, in milliseconds. */
const FIND_MS = 10_000;
const WINDOW = 512;

/** What of a peer is needed: `createPeer` gives more. */
export interface AskingPeer extends Pick<Peer, "findServices"> {
  readonly direct: Pick<Direct, "ask">;
  readonly content: Content;
}

export interface PeersRunnerOptions {
  /** This machine's place in the network. The caller stops it. */
  peer: AskingPeer;
  /** Peer ids of those who are asked, and nobody else. Default: whoever says in the DHT that it runs tasks. */
  allow?: readonly string[] | undefined;
  /** Peers that each task is put to. Default: 3; with `allow`, 1. */
  redundancy?: number | undefined;
  /** Share of those asked that has to give the same result, above 0 and at most 1. Default: 0.66. */
  quorum?: number | undefined;
  /** Called for a peer that gave another result than the quorum. It is left out from then on. */
  onDissent?: ((dissent: { peerId: string; position: number }) => void) | undefined;
  /** How long peers are looked for before a run, in milliseconds. Default: 10,000. */
  findMs?: number | undefined;
}

/**
 * Runs tasks at other peers, without a chain and without pay. Programs and long inputs travel as contents, short ones in the question.
 *
 * Its runs throw {@link TooFewPeersError} before any work starts, or when too many have gone; {@link NoQuorumError} when peers do not agree.
 */
export function peersRunner({
  peer,
  allow,
  redundancy = allow === undefined ? 3 : 1,
  quorum = 0.66,
  onDissent = () => {},
  findMs = FIND_MS,
}: PeersRunnerOptions): Runner {
  if (!Number.isSafeInteger(redundancy) || redundancy < 1) {
    throw new RangeError(`redundancy is a whole number from 1 on, not ${redundancy}`);
  }
  if (!(quorum > 0 && quorum <= 1)) {
    throw new RangeError(`quorum is a share above 0 and at most 1, not ${quorum}`);
  }
  const { direct, content } = peer;
  const links = new Map<string, PeerLink>();
  const add = (peerId: string) => {
    if (!links.has(peerId)) links.set(peerId, createPeerLink(peerId, { direct, content }));
  };
  for (const peerId of allow ?? []) add(peerId);
  const able = () => [...links.values()].filter(({ problem }) => problem === undefined);

  /** Looks until there are enough; afterwards more are welcome. */
  async function find(signal: AbortSignal): Promise<void> {
    if (allow !== undefined) return;
    const over = AbortSignal.any([signal, AbortSignal.timeout(findMs)]);
    while (!over.aborted) {
      try {
        for await (const { peerId } of peer.findServices("runner", { signal: over })) add(peerId);
      } catch {
        signal.throwIfAborted(); // the DHT has no answer yet
      }
      if (able().length >= redundancy) return;
      await abortable(new Promise((resolve) => setTimeout(resolve, 200)), over).catch(() => {});
    }
  }

  return createRunner({
    ...{ name: "peers", content },
    async open({ wasm, limits, signal }) {
      if (able().length < redundancy + 1) await find(signal);
      if (able().length < redundancy) {
        const problems = [...links.values()].flatMap(({ peerId, problem }) =>
          problem === undefined ? [] : [`${peerId} ${problem}`],
        );
        throw new TooFewPeersError(redundancy, problems);
      }
      const program = await putBytes(content, wasm, { signal });
      // Those who are asked ask us for it; the DHT is for those who have lost us meanwhile.
      content.provide(program, { signal }).catch(() => {});
      return {
        window: WINDOW,
        async runTask(input, { position, signal }) {
          const sent =
            input.length <= INLINE_BYTES ? input : await putBytes(content, input, { signal });
          const task = { program, limits, input: sent };
          const parts = { redundancy, quorum, links: () => [...links.values()], onDissent };
          return abortable(quorumOf(task, { position, signal }, parts), signal);
        },
      };
    },
  });
}
