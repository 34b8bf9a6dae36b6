import { REPLY_HEADER_BYTES, type ReplyHeader, readReply } from "./child/wire.mts";

export interface Reply extends Omit<ReplyHeader, "payloadBytes"> {
  payload: Uint8Array;
}

/** The reply to a task. */
export interface TaskReply extends Reply {
  type: Exclude<ReplyHeader["type"], "ready">;
}

export interface ReplyReader {
  /**
   * Takes the next bytes of the stream.
   *
   * @throws RangeError for what no child of ours says.
   */
  push(chunk: Uint8Array): void;
}

/**
 * Cuts a child's stream into replies.
 * @param mostBytes - longest payload that the reply to come may have: more is never reserved, whatever the child claims.
 */
export function createReplyReader(
  mostBytes: (header: ReplyHeader) => number,
  onReply: (reply: Reply) => void,
): ReplyReader {
  const headerBytes = new Uint8Array(REPLY_HEADER_BYTES);
  const headerView = new DataView(headerBytes.buffer);
  let header: ReplyHeader | undefined;
  /** What is being filled: the header, then the payload. */
  let target = headerBytes;
  let filled = 0;

  function complete(): void {
    if (header === undefined) {
      header = readReply(headerView, 0);
      if (header === undefined || header.payloadBytes > mostBytes(header)) {
        throw new RangeError("the executor process says what it cannot say");
      }
      target = new Uint8Array(header.payloadBytes);
    } else {
      const { payloadBytes: _, ...rest } = header;
      const payload = target;
      header = undefined;
      target = headerBytes;
      onReply({ ...rest, payload });
    }
    filled = 0;
  }

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length || (header !== undefined && target.length === 0); ) {
        const taken = Math.min(target.length - filled, chunk.length - at);
        target.set(chunk.subarray(at, at + taken), filled);
        filled += taken;
        at += taken;
        if (filled === target.length) complete();
      }
    },
  };
}
