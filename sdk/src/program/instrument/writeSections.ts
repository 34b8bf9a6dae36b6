import { binaryReader } from "../module/binary.ts";
import type { Module } from "../module/readModule.ts";
import type { Signature } from "../module/sections.ts";
import { type ByteWriter, byteWriter } from "./byteWriter.ts";
import { tooLarge } from "./writeFunction.ts";

/** Most types, functions, globals or exports of a module. */
const MAX_ITEMS = 1_000_000;

/** Writes an item of a section. */
export type Item = (writer: ByteWriter) => void;

/** @param name - in ASCII. */
export function exportItem(name: string, kind: number, index: number): Item {
  return (item) => {
    item.u32(name.length);
    item.bytes(new TextEncoder().encode(name));
    item.byte(kind);
    item.u32(index);
  };
}

export function writeSignature(item: ByteWriter, { parameters, results }: Signature): void {
  item.byte(0x60);
  for (const types of [parameters, results]) {
    item.u32(types.length);
    item.bytes(types);
  }
}

/** Writes a section that is a list: what the module has, and what is added behind it. */
export function writeList(
  out: ByteWriter,
  id: number,
  {
    original,
    added,
    limit = MAX_ITEMS,
  }: { original: Uint8Array | undefined; added: readonly Item[]; limit?: number },
): void {
  const items = binaryReader(original ?? new Uint8Array([0]));
  const count = items.u32() + added.length;
  if (original === undefined && count === 0) return;
  if (count > limit) throw tooLarge(`section ${id} has ${count} items when instrumented`, limit);
  const body = byteWriter((original?.length ?? 0) + 256);
  body.u32(count);
  if (original !== undefined) body.copy(original, items.offset, original.length);
  for (const write of added) write(body);
  writeSection(out, id, body);
}

export function copySection(out: ByteWriter, module: Module, id: number): void {
  const original = module.sections.get(id);
  if (original === undefined) return;
  out.byte(id);
  out.u32(original.length);
  out.bytes(original);
}

export function writeSection(out: ByteWriter, id: number, body: ByteWriter): void {
  out.byte(id);
  out.u32(body.length);
  out.bytes(body.view());
}
