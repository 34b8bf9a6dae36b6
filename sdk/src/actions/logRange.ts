import { BaseError, HttpRequestError, type PublicClient, RpcRequestError } from "viem";

/** Blocks that one call asks for at most; public nodes refuse much more. */
const MOST_BLOCKS = 10_000n;
/** After a range that was accepted the next one is larger by this share, so that one dense stretch does not slow the rest for ever. */
const GROWTH_PERCENT = 125n;

/** What providers say when a range has too many blocks or logs in it. */
const TOO_LARGE = [
  /block range/i, // "block range is too wide", "exceed maximum block range: 5000", "Block range limit exceeded"
  /range (is )?too (large|wide|big)/i,
  /ranges? over \d+/i,
  /limited to (a )?[\d,]+ (block )?range/i, // QuickNode
  /more than [\d,]+ (results|logs)/i, // Infura, Geth behind a limit
  /exceeds? (the )?(limit|max)[^.]*(results|logs|range|blocks)/i,
  /(logs|results)[^.]*exceeds? (the )?(limit|max)/i, // Nitro: "logs matched by query exceeds limit of 10000"
  /(log )?response size (is )?(exceeded|too large|larger)/i, // Alchemy
  /response (is )?too (big|large)/i,
  /query timeout exceeded/i,
  /max(imum)? (block )?range/i,
  /too many (blocks|logs|results)/i,
];
/** The same codes are used for too many requests, which smaller ranges would only make worse. */
const TOO_MANY_REQUESTS = /rate|per second|too many requests|capacity|credits|daily/i;

/** How many blocks an endpoint lets one ask for, as learned from what it said. */
export interface LogRangeSize {
  readonly blocks: bigint;
  accepted(): void;
  /** Whether `error` says that `asked` blocks are too many, and fewer are worth trying. */
  refused(error: unknown, asked: bigint): boolean;
}

const sizes = new WeakMap<object, LogRangeSize>();

/** What is known of the endpoint behind a client. */
export function logRangeSize(client: Pick<PublicClient, "request">): LogRangeSize {
  const known = sizes.get(client);
  if (known !== undefined) return known;
  const size = createLogRangeSize();
  sizes.set(client, size);
  return size;
}

function createLogRangeSize(): LogRangeSize {
  let blocks = MOST_BLOCKS;
  return {
    get blocks() {
      return blocks;
    },
    accepted() {
      const larger = (blocks * GROWTH_PERCENT) / 100n + 1n;
      blocks = larger < MOST_BLOCKS ? larger : MOST_BLOCKS;
    },
    refused(error, asked) {
      if (asked <= 1n || !saysTooLarge(error)) return false;
      blocks = asked / 2n;
      return true;
    },
  };
}

function saysTooLarge(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const isTooLarge = (cause: unknown) => {
    if (cause instanceof HttpRequestError && cause.status === 413) return true;
    if (!(cause instanceof RpcRequestError || cause instanceof HttpRequestError)) return false;
    const says = `${cause.details}`;
    if (TOO_MANY_REQUESTS.test(says)) return false;
    return TOO_LARGE.some((pattern) => pattern.test(says)) || /^limit exceeded$/i.test(says);
  };
  return error.walk(isTooLarge) !== null;
}
