import { readSync, writeSync } from "node:fs";
import {
  CHANNEL_FD,
  EXCHANGE_FD,
  ORDER_HEADER_BYTES,
  type Order,
  REPLY_HEADER_BYTES,
  type ReplyHeader,
  readOrder,
  writeReply,
} from "./wire.mts";

const ORDERS_BYTES = 128 << 10;
const REPLIES_BYTES = 32 << 10;
/** Replies are held back for so long at most, in milliseconds, to go in one write with those after them. */
const HOLD_MS = 1;

/**
 * The stream to the node, read and written by blocking calls: with nothing but tasks to do, waiting for the event loop
 * would cost more than most of them. The process ends when the node is gone.
 */
export interface Channel {
  /** Whether the next order can be read, its payload aside, without waiting for the node. */
  readonly hasOrder: boolean;
  readOrder(): Order;
  /** Reads the next bytes of the payload into `target`, as many as it has room for. */
  read(target: Uint8Array): void;
  /** Reads what stands in the exchange at `position`. */
  readExchange(target: Uint8Array, position: number): void;
  skip(byteLength: number): void;
  /** Sends a reply; one that is held back goes before the next wait for the node. */
  reply(reply: Omit<ReplyHeader, "payloadBytes">, payload?: Uint8Array): void;
  /** Sends what is held back. */
  send(): void;
  /** Sends what is held back too long by now. */
  sendOverdue(): void;
}

export function openChannel(): Channel {
  const orders = new Uint8Array(ORDERS_BYTES);
  const ordersView = new DataView(orders.buffer);
  let start = 0;
  let end = 0;
  const replies = new Uint8Array(REPLIES_BYTES);
  const repliesView = new DataView(replies.buffer);
  let held = 0;
  let heldSince = 0;

  function receive(target: Uint8Array): number {
    send();
    const received = orExit(() => readSync(CHANNEL_FD, target));
    if (received === 0) process.exit(0);
    return received;
  }

  function send(): void {
    if (held === 0) return;
    sendNow(replies.subarray(0, held));
    held = 0;
  }

  /** Waits until so many bytes are at hand. */
  function waitFor(byteLength: number): void {
    if (start + byteLength > orders.length) {
      orders.copyWithin(0, start, end);
      end -= start;
      start = 0;
    }
    while (end - start < byteLength) end += receive(orders.subarray(end));
  }

  return {
    get hasOrder() {
      return end - start >= ORDER_HEADER_BYTES;
    },
    readOrder() {
      if (start === end) start = end = 0;
      waitFor(ORDER_HEADER_BYTES);
      const order = readOrder(ordersView, start);
      start += ORDER_HEADER_BYTES;
      return order;
    },
    read(target) {
      const atHand = Math.min(target.length, end - start);
      target.set(orders.subarray(start, start + atHand));
      start += atHand;
      for (let done = atHand; done < target.length; ) done += receive(target.subarray(done));
    },
    readExchange(target, position) {
      for (let done = 0; done < target.length; ) {
        const read = readSync(EXCHANGE_FD, target, done, target.length - done, position + done);
        if (read === 0) throw new Error("the exchange is shorter than was said");
        done += read;
      }
    },
    skip(byteLength) {
      for (let left = byteLength; left > 0; ) {
        if (start === end) {
          start = 0;
          end = receive(orders);
        }
        const skipped = Math.min(left, end - start);
        start += skipped;
        left -= skipped;
      }
    },
    reply(reply, payload = new Uint8Array()) {
      const payloadBytes = payload.length;
      if (held + REPLY_HEADER_BYTES + payloadBytes > replies.length) send();
      if (held === 0) heldSince = performance.now();
      writeReply(repliesView, held, { ...reply, payloadBytes });
      held += REPLY_HEADER_BYTES;
      if (held + payloadBytes <= replies.length) {
        replies.set(payload, held);
        held += payloadBytes;
      } else {
        send();
        sendNow(payload);
      }
    },
    send,
    sendOverdue() {
      if (held > 0 && performance.now() - heldSince >= HOLD_MS) send();
    },
  };
}

function sendNow(bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) {
    sent += orExit(() => writeSync(CHANNEL_FD, bytes, sent));
  }
}

/** A stream that fails is one whose node is gone. */
function orExit<T>(call: () => T): T {
  try {
    return call();
  } catch {
    process.exit(0);
  }
}
