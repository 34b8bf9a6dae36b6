import {
  type AbortOptions,
  type Content,
  ContentNotFoundError,
  joinBlock,
  verifyBlock,
} from "@assay/sdk/protocol";
import type { CID } from "multiformats/cid";
import { abortedRead } from "../reading/abortedRead.ts";
import { GatewayError, ReadOnlyContentError } from "./errors.ts";
import { shownUrl } from "./shownUrl.ts";

/** How long a gateway may take for one block, in milliseconds: it may have to look for it. */
const BLOCK_MS = 30_000;
/** How a gateway says that it did not find the block. */
const NOT_FOUND = [404, 410, 504];
const REDIRECTIONS = [301, 302, 303, 307, 308];
const MOST_REDIRECTIONS = 3;

/**
 * Blocks through a trustless gateway (https://specs.ipfs.tech/http-gateways/trustless-gateway/), each checked against its CID. It is one GET, for
 * which no client is needed: Helia's finds gateways by itself in public registries, and races them.
 */
export function createGatewayContent(gateway: string): Content {
  const base = gateway.replace(/\/+$/, "");

  /** A gateway may send on to another name of its own, such as `<cid>.ipfs.dweb.link`, and to no other host: that may be in our own network. */
  async function ask(cid: CID, signal: AbortSignal): Promise<Response> {
    let url = `${base}/ipfs/${cid}?format=raw`;
    for (let times = 0; ; times++) {
      const response = await askAt(url, signal);
      const location = response.headers.get("location");
      if (!REDIRECTIONS.includes(response.status) || location === null) return response;
      await response.body?.cancel();
      const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
      if (next === undefined || times === MOST_REDIRECTIONS || !isOf(new URL(base), next)) {
        throw new GatewayError(gateway, `it redirects to ${next?.origin ?? "no address"}`);
      }
      url = next.href;
    }
  }

  async function askAt(url: string, signal: AbortSignal): Promise<Response> {
    const headers = { accept: "application/vnd.ipld.raw" };
    try {
      return await fetch(url, { headers, signal, redirect: "manual" });
    } catch (cause) {
      signal.throwIfAborted();
      throw new GatewayError(gateway, reasonOf(cause), { cause });
    }
  }

  const content: Content = {
    async get(cid: CID, { signal }: AbortOptions = {}) {
      const timeout = AbortSignal.timeout(BLOCK_MS);
      const limited = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
      try {
        const response = await ask(cid, limited);
        if (NOT_FOUND.includes(response.status)) {
          await response.body?.cancel();
          throw new ContentNotFoundError(cid, { details: `${shownUrl(gateway)} has not got it` });
        }
        if (!response.ok) {
          await response.body?.cancel();
          throw new GatewayError(gateway, `HTTP ${response.status}`);
        }
        const bytes = await joinBlock(response.body ?? [], "A block of a gateway");
        verifyBlock(cid, bytes);
        return bytes;
      } catch (cause) {
        if (signal?.aborted) throw abortedRead(cid, signal);
        throw timeout.aborted ? new ContentNotFoundError(cid, { cause }) : cause;
      }
    },
    session: () => content,
    async put() {
      throw new ReadOnlyContentError();
    },
    async provide() {
      throw new ReadOnlyContentError();
    },
  };
  return content;
}

function isOf(gateway: URL, { protocol, hostname, port }: URL): boolean {
  const isSameHost = hostname === gateway.hostname || hostname.endsWith(`.${gateway.hostname}`);
  const isSecured = protocol === "https:" && port === "";
  return isSameHost && ((protocol === gateway.protocol && port === gateway.port) || isSecured);
}

/** `fetch` says no more than that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error
    ? cause.message || (cause as { code?: string }).code || message
    : message;
}
