import { expect, onTestFailed, test } from "vitest";
import { seededRandom } from "../../../test/fixtures/random.ts";
import { REPLY_HEADER_BYTES, type ReplyHeader, writeReply } from "./child/wire.mts";
import { createReplyReader, type Reply } from "./replies.ts";

function encoded(reply: ReplyHeader, payload: Uint8Array = new Uint8Array()): Uint8Array {
  const bytes = new Uint8Array(REPLY_HEADER_BYTES + payload.length);
  writeReply(new DataView(bytes.buffer), 0, reply);
  bytes.set(payload, REPLY_HEADER_BYTES);
  return bytes;
}

test("replies come out whole, wherever the stream is cut", () => {
  const random = seededRandom();
  onTestFailed(() => console.error(`SEED=${random.seed}`));
  const replies = Array.from({ length: 50 }, (_, id): Reply => {
    const payload = random.bytes(random.below(4) === 0 ? 0 : random.below(200));
    const type = random.below(2) === 0 ? "ok" : "refused";
    return { type, id, elapsedMs: id / 8, fuelUsed: BigInt(id) << 40n, payload };
  });
  const stream = Buffer.concat(
    replies.map(({ payload, ...reply }) =>
      encoded({ ...reply, payloadBytes: payload.length }, payload),
    ),
  );
  const read: Reply[] = [];
  const reader = createReplyReader(
    () => 200,
    (reply) => read.push(reply),
  );
  for (let at = 0; at < stream.length; ) {
    const end = at + 1 + random.below(120);
    reader.push(stream.subarray(at, end));
    at = end;
  }
  expect(read).toEqual(replies);
});

test.each([
  [
    "a longer result than the task may have",
    encoded({ type: "ok", id: 0, elapsedMs: 0, fuelUsed: 0n, payloadBytes: 9 }),
  ],
  ["4 GiB", encoded({ type: "ok", id: 0, elapsedMs: 0, fuelUsed: 0n, payloadBytes: 2 ** 32 - 1 })],
  ["what is no reply", new Uint8Array(REPLY_HEADER_BYTES).fill(255)],
])("a child that announces %s is not believed", (_, bytes) => {
  const reader = createReplyReader(
    () => 8,
    () => {
      throw new Error("nothing of it is a reply");
    },
  );
  expect(() => reader.push(bytes)).toThrow(RangeError);
});
