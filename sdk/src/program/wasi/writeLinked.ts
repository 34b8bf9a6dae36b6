import { type ByteWriter, byteWriter } from "../instrument/byteWriter.ts";
import { copySection, exportItem, writeList, writeSection } from "../instrument/writeSections.ts";
import { binaryReader } from "../module/binary.ts";
import type { Module } from "../module/readModule.ts";
import { KIND, SECTION } from "../module/sections.ts";
import { type Linking, writeLinkedCode } from "./linkedCode.ts";
import { indexIn, readShim, type Shim } from "./shim.ts";

interface Parameters extends Linking {
  memoryPages: number;
  /** What the shim reads. */
  image: Uint8Array;
}

/** Shim globals that the program exports begin so. */
const EXPORTED_GLOBAL = "wasi_";

/**
 * Joins a command and the shim. The command's imports become functions in the same places and the shim's items stand behind
 * its own, so that no index of the command changes.
 */
export function writeLinked({ memoryPages, image, ...linking }: Parameters): Uint8Array {
  const { command } = linking;
  const { sections } = command;
  const shim = readShim(command);
  const code = writeLinkedCode(linking, shim);

  const out = byteWriter(code.length + image.length + 65_536);
  out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  joinLists(out, SECTION.type, command, shim);
  writeList(out, SECTION.function, {
    original: undefined,
    added: [...command.functions, ...shim.functions.map((type) => shim.firstType + type)].map(
      (type) => (item) => item.u32(type),
    ),
  });
  copySection(out, command, SECTION.table);
  writeList(out, SECTION.memory, {
    original: undefined,
    added: command.memories.map(({ min }) => (item) => {
      item.byte(1); // has a maximum
      item.u32(min);
      item.u32(memoryPages);
    }),
  });
  joinLists(out, SECTION.global, command, shim);
  writeList(out, SECTION.export, { original: undefined, added: exportsOf(command, shim) });
  copySection(out, command, SECTION.element);
  const dataCount = byteWriter();
  dataCount.u32(command.dataIsPassive.length + 1);
  writeSection(out, SECTION.dataCount, dataCount);
  writeSection(out, SECTION.code, code);
  writeList(out, SECTION.data, {
    original: sections.get(SECTION.data),
    added: [
      (item) => {
        item.byte(1); // passive
        item.u32(image.length);
        item.bytes(image);
      },
    ],
  });
  return out.view().slice();
}

/** The items of the command's section and behind them the shim's. */
function joinLists(out: ByteWriter, id: number, command: Module, shim: Module): void {
  const readers = [command, shim].flatMap(({ sections }) => {
    const section = sections.get(id);
    return section === undefined ? [] : [{ section, reader: binaryReader(section) }];
  });
  const body = byteWriter();
  body.u32(readers.reduce((count, { reader }) => count + reader.u32(), 0));
  for (const { section, reader } of readers) body.copy(section, reader.offset, section.length);
  writeSection(out, id, body);
}

function exportsOf(command: Module, shim: Shim) {
  const globals = [...shim.exports.keys()].filter((name) => name.startsWith(EXPORTED_GLOBAL));
  return [
    exportItem("memory", KIND.memory, command.exports.get("memory")?.index ?? 0),
    exportItem("alloc", KIND.function, indexIn(shim, "alloc")),
    exportItem("run", KIND.function, indexIn(shim, "run")),
    ...globals.map((name) => exportItem(name, KIND.global, indexIn(shim, name))),
  ];
}
