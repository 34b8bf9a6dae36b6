import { randomBytes } from "node:crypto";
import {
  type Content,
  cidOf,
  getBytes,
  memoryContent,
  openInputManifest,
  putBytes,
  writeInputManifest,
} from "@assay/sdk/protocol";
import { CarReader } from "@ipld/car/reader";
import { CarWriter } from "@ipld/car/writer";
import type { CID } from "multiformats/cid";
import { describe, expect, test } from "vitest";
import { exportCar } from "./exportCar.ts";
import { importCar } from "./importCar.ts";

const MiB = 1 << 20;
const bytesOf = (length: number) => new Uint8Array(randomBytes(length));

/** A program of several blocks, and a manifest of some inputs, one of them large. */
async function job(content: Content) {
  const program = await putBytes(content, bytesOf(2 * MiB + 5));
  const inputs = [bytesOf(10), bytesOf(1_000), bytesOf(MiB + 1)];
  const entries = await Promise.all(
    inputs.map(async (bytes) => ({
      cid: await putBytes(content, bytes),
      byteLength: bytes.length,
    })),
  );
  const manifest = await writeInputManifest(content, entries);
  return { program, manifest, inputs };
}

async function collect(car: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of car) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

async function* inPieces(bytes: Uint8Array, size = 10_000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function store() {
  const content = memoryContent();
  const keep = async (cid: CID, bytes: Uint8Array) => {
    const codec = cid.code === cidOf(bytes).code ? "raw" : "dag-cbor";
    expect(String(await content.put(bytes, { codec }))).toBe(String(cid));
  };
  return { content, keep };
}

test("a job is read from a CAR as it was written, each block once", async () => {
  const from = memoryContent();
  const { program, manifest, inputs } = await job(from);
  const seen: number[] = [];
  const onProgress = ({ blocks }: { blocks: number }) => seen.push(blocks);
  const roots = [program, manifest.cid, program];
  const car = await collect(exportCar(from, roots, { onProgress }));

  const { content, keep } = store();
  const imported = await importCar(keep, inPieces(car));
  expect(imported.roots.map(String)).toEqual(roots.map(String));
  expect(imported.missing).toEqual([]);
  // Program: a root and 3 blocks. Manifest: index and page. Inputs: 2 blocks, and one of a root and 2 blocks.
  expect(imported.blocks).toBe(4 + 2 + 2 + 3);
  expect(seen).toEqual(Array.from({ length: imported.blocks }, (_, i) => i + 1));

  const { cid, root, count } = manifest;
  const opened = await openInputManifest(content, { cid, root, count });
  const got: Uint8Array[] = [];
  for await (const entry of opened.entries()) {
    got.push(await getBytes(content, entry.cid, { maxBytes: 2 * MiB }));
  }
  expect(got.map((bytes) => Buffer.from(bytes).toString("base64"))).toEqual(
    inputs.map((bytes) => Buffer.from(bytes).toString("base64")),
  );
});

describe("a bad CAR", () => {
  const make = async () => {
    const from = memoryContent();
    const cid = await putBytes(from, bytesOf(MiB + 1));
    return { cid, car: await collect(exportCar(from, [cid])) };
  };

  test("that is cut off, or none at all, is refused", async () => {
    const { car } = await make();
    const { keep } = store();
    for (const bytes of [car.subarray(0, -10), bytesOf(100), new Uint8Array()]) {
      await expect(importCar(keep, inPieces(bytes))).rejects.toMatchObject({
        code: "CAR_MALFORMED",
      });
    }
  });

  test("with other bytes than it says is refused", async () => {
    const { car } = await make();
    car[car.length - 1] = (car.at(-1) ?? 0) ^ 1;
    await expect(importCar(store().keep, inPieces(car))).rejects.toMatchObject({
      code: "BLOCK_MISMATCH",
    });
  });

  test("that promises more than a block, or than a header, is given up early", async () => {
    const { cid, car } = await make();
    const header = car.subarray(0, 1 + (car[0] ?? 0));
    const endless = [0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
    const whole = MiB * 256;
    for (const start of [[...header, ...endless, ...cid.bytes], endless]) {
      let given = 0;
      async function* pieces() {
        yield new Uint8Array(start);
        for (; given < whole; given += MiB) yield new Uint8Array(MiB);
      }
      await expect(importCar(store().keep, pieces())).rejects.toMatchObject({
        code: "CAR_MALFORMED",
        message: expect.stringContaining("a length in it is too large"),
      });
      expect(given).toBeLessThan(whole / 2);
    }
  });

  test("that lacks blocks says which", async () => {
    const { cid, car } = await make();
    const first = await (await CarReader.fromBytes(car)).get(cid);
    const { writer, out } = CarWriter.create([cid]);
    if (first) void writer.put(first);
    void writer.close();
    const { missing } = await importCar(store().keep, out);
    expect(missing).toHaveLength(2);
  });
});

test("a block that is not to be had ends the export with its own error", async () => {
  const from = memoryContent();
  const cid = cidOf(bytesOf(10));
  await expect(collect(exportCar(from, [cid]))).rejects.toMatchObject({
    code: "CONTENT_NOT_FOUND",
  });
});
