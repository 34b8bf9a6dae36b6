import { encode } from "@ipld/dag-cbor";
import { describe, expect, test } from "vitest";
import { decodeJobHint, encodeJobHint, jobsTopic, WireError } from "../../index.ts";

const job = `0x${"5a".repeat(32)}` as const;
const good = { v: 1, job: new Uint8Array(32), block: 7, at: 1_700_000_000_000 };

describe("job hints", () => {
  test("round-trip, with the time of writing", () => {
    const before = Date.now();
    const { atMs, ...hint } = decodeJobHint(encodeJobHint({ job, block: 2n ** 40n }));
    expect(hint).toEqual({ job, block: 2n ** 40n });
    expect(atMs).toBeGreaterThanOrEqual(before);
    expect(atMs).toBeLessThanOrEqual(Date.now());
  });

  test("are small", () => {
    expect(encodeJobHint({ job, block: 2n ** 52n }).length).toBeLessThan(100);
  });

  test("the well-formed map is accepted", () => {
    expect(decodeJobHint(encode(good))).toMatchObject({ block: 7n, atMs: good.at });
  });

  test.each([
    ["another version", { ...good, v: 2 }],
    ["a short job", { ...good, job: new Uint8Array(31) }],
    ["a job in hex", { ...good, job }],
    ["a negative block", { ...good, block: -1 }],
    ["a fractional block", { ...good, block: 1.5 }],
    ["a block beyond 2^53", { ...good, block: 2n ** 60n }],
    ["no time", { v: 1, job: good.job, block: 7 }],
    ["an unknown key", { ...good, more: 1 }],
    ["a hidden key", JSON.parse('{"v":1,"block":7,"at":1,"job":"","__proto__":{}}')],
    ["a list", [1, good.job, 7, 8]],
    ["null", null],
    ["more than 1 KiB", { ...good, more: new Uint8Array(1024) }],
  ])("%s is refused", (_, message) => {
    expect(() => decodeJobHint(encode(message))).toThrow(WireError);
  });

  test("bytes that are not dag-cbor are refused", () => {
    expect(() => decodeJobHint(new Uint8Array([0xff]))).toThrow(WireError);
    expect(() => decodeJobHint(new Uint8Array())).toThrow(WireError);
    const trailing = new Uint8Array([...encode(good), 0]);
    expect(() => decodeJobHint(trailing)).toThrow(WireError);
    const nested = new Uint8Array(1024).fill(0x81);
    expect(() => decodeJobHint(nested)).toThrow(WireError);
  });

  test("the topic names chain and marketplace in lower case", () => {
    expect(jobsTopic(10, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")).toBe(
      "/assay/1/10/0x70997970c51812dc3a010c7d01b50e0d17dc79c8/jobs",
    );
  });
});
