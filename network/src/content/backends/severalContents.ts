import { setTimeout as sleep } from "node:timers/promises";
import { abortable } from "@assay/sdk/concurrency";
import {
  type AbortOptions,
  type BlockReader,
  type Content,
  ContentNotFoundError,
} from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";
import { abortedRead } from "../reading/abortedRead.ts";

/** After so long without a block, the next one is asked as well, in milliseconds. */
const HEDGE_MS = 1_000;

/** One of several places of contents. */
export interface Place {
  content: Content;
  isWritable: boolean;
}

export interface SeveralContentsOptions {
  /** The place that keeps what was read from another. */
  own?: Content | undefined;
  keep?: ((cid: CID, bytes: Uint8Array) => Promise<void>) | undefined;
  hedgeMs?: number | undefined;
}

/**
 * One content over several places. A block is read from the first place that gives it: the next one is asked when those before it have failed or
 * are quiet for a second, and a session begins with the place that gave it the last block. A block is stored in every writable place.
 */
export function severalContents(
  places: readonly Place[],
  { own, keep, hedgeMs = HEDGE_MS }: SeveralContentsOptions = {},
): Content {
  const writable = places.filter(({ isWritable }) => isWritable).map(({ content }) => content);

  function session(root: CID): BlockReader {
    let readers = places.map(({ content }) => {
      return { isOwn: content === own, reader: content.session(root) };
    });
    return {
      async get(cid, options = {}) {
        const { source, bytes } = await readFromFirst(readers, cid, options, hedgeMs);
        readers = [source, ...readers.filter((other) => other !== source)];
        if (!source.isOwn) await keep?.(cid, bytes);
        return bytes;
      },
    };
  }

  return {
    get: (cid, options) => session(cid).get(cid, options),
    session,
    async put(bytes, options) {
      // What cannot be written has an error of its own, which names the remedy.
      const targets = writable.length > 0 ? writable : places.map(({ content }) => content);
      const [cid] = await Promise.all(targets.map((content) => content.put(bytes, options)));
      if (cid === undefined) throw new TypeError("there is no place for contents");
      return cid;
    },
    async provide(cid, options) {
      const told = await Promise.allSettled(
        writable.map((content) => content.provide(cid, options)),
      );
      // One network that knows of it is enough to find it.
      const [failed] = told.filter((one) => one.status === "rejected");
      if (failed !== undefined && told.every(({ status }) => status === "rejected")) {
        throw failed.reason;
      }
    },
  };
}

interface Source {
  isOwn: boolean;
  reader: BlockReader;
}

async function readFromFirst(
  sources: readonly Source[],
  cid: CID,
  { signal }: AbortOptions,
  hedgeMs: number,
): Promise<{ source: Source; bytes: Uint8Array }> {
  const over = new AbortController();
  const limited = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const tries: Promise<{ source: Source; bytes: Uint8Array }>[] = [];
  try {
    for (const source of sources) {
      tries.push(source.reader.get(cid, { signal: limited }).then((bytes) => ({ source, bytes })));
      const first = Promise.any(tries).catch(() => undefined);
      const pause = sleep(hedgeMs, undefined, { signal: limited }).catch(() => undefined);
      const got = await Promise.race([first, pause]);
      if (got !== undefined) return got;
      signal?.throwIfAborted();
    }
    return await abortable(Promise.any(tries), signal);
  } catch (error) {
    if (signal?.aborted) throw abortedRead(cid, signal);
    throw error instanceof AggregateError ? whyNot(cid, error) : error;
  } finally {
    over.abort();
  }
}

/** One place alone fails for its own reason; of several, most just have not got it. */
function whyNot(cid: CID, { errors }: AggregateError): Error {
  const other = errors.find((error) => !(error instanceof ContentNotFoundError));
  return errors.length === 1
    ? errors[0]
    : new ContentNotFoundError(cid, { cause: other ?? errors[0] });
}
