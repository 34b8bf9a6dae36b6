import { WasiLinkError } from "../errors/wasi.ts";
import { byteWriter } from "../instrument/byteWriter.ts";

/** What a program of WASI finds around it, all of it fixed when it is built. */
export interface WasiEnvironment {
  /** Arguments behind the first, which is `program`. Default: none. */
  args?: readonly string[] | undefined;
  /** Environment variables. Default: none. */
  env?: Readonly<Record<string, string>> | undefined;
  /** Files by their paths, from the root on; they can be read and not written. Default: none. */
  files?: Readonly<Record<string, Uint8Array>> | undefined;
}

/** A file, or a directory with its entries by their names. */
type Node = Uint8Array | Map<string, Node>;

interface Entry {
  parent: number;
  name: Uint8Array;
  node: Node;
  /** Index of a directory's first entry. */
  first: number;
}

const HEADER_BYTES = 32;
const ENTRY_BYTES = 24;
const DESCRIPTORS_BYTES = 256 * 16;
const DIRECTORY = 3;
const FILE = 4;

/**
 * Packs what the shim reads (`assembly/tree.ts`, `assembly/process.ts`): a header, the entries of all directories, their names,
 * arguments and environment, and behind all these the contents of the files. Numbers are u32, little endian.
 */
export function packImage({ args = [], env = {}, files = {} }: WasiEnvironment): Uint8Array {
  const argumentBytes = strings(["program", ...args]);
  const variables = Object.entries(env).map(([name, value]) => `${checkedName(name)}=${value}`);
  const environment = strings(variables.toSorted(byBytes));
  const entries = entriesOf(treeOf(files));

  const names = HEADER_BYTES + entries.length * ENTRY_BYTES;
  const metadata = names + sum(entries.map(({ name }) => name.length));
  const contents = metadata + argumentBytes.length + environment.length;

  const out = byteWriter(contents + 1024);
  const u32 = (value: number) => {
    out.bytes([value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]);
  };
  for (const value of [
    ...[metadata, entries.length],
    ...[1 + args.length, metadata, argumentBytes.length],
    ...[variables.length, metadata + argumentBytes.length, environment.length],
  ]) {
    u32(value);
  }
  let nameAt = names;
  let contentAt = contents;
  for (const { parent, name, node, first } of entries) {
    const isFile = node instanceof Uint8Array;
    const [place, size] = isFile ? [contentAt, node.length] : [first, node.size];
    for (const value of [parent, nameAt, name.length, isFile ? FILE : DIRECTORY, place, size]) {
      u32(value);
    }
    nameAt += name.length;
    if (isFile) contentAt += size;
  }
  for (const { name } of entries) out.bytes(name);
  out.bytes(argumentBytes);
  out.bytes(environment);
  for (const { node } of entries) if (node instanceof Uint8Array) out.bytes(node);
  return out.view().slice();
}

/** What the shim takes behind the command's memory for a task without input: open files and metadata (`assembly/region.ts`). */
export function regionBytes(image: Uint8Array): number {
  const metadata = new DataView(image.buffer, image.byteOffset).getUint32(0, true);
  return Math.ceil((DESCRIPTORS_BYTES + metadata) / 1_024) * 1_024;
}

function checkedName(name: string): string {
  if (name !== "" && !name.includes("=")) return name;
  throw new WasiLinkError(
    "WASI_ARGUMENT",
    `"${name}" cannot name an environment variable: leave "=" out, and give it a letter at least.`,
  );
}

/** Each with a NUL behind it. */
function strings(values: readonly string[]): Uint8Array {
  const bad = values.find((value) => !isText(value));
  if (bad !== undefined) {
    throw new WasiLinkError(
      "WASI_ARGUMENT",
      `${JSON.stringify(bad)} has a NUL, which ends an argument or a variable, or half a surrogate pair, which UTF-8 does not have: leave it out.`,
    );
  }
  return new TextEncoder().encode(values.map((value) => `${value}\0`).join(""));
}

/** Whether it is there as it was given once it is UTF-8 with a NUL behind it. */
function isText(value: string): boolean {
  return value.isWellFormed() && !value.includes("\0");
}

function treeOf(files: Readonly<Record<string, Uint8Array>>): Map<string, Node> {
  const root = new Map<string, Node>();
  for (const [path, content] of Object.entries(files)) {
    const names = path.replace(/^\//, "").split("/");
    if (names.some((name) => ["", ".", ".."].includes(name) || !isText(name))) {
      throw badPath(path, "give a path from the root on, such as data/table.csv");
    }
    const last = names.pop() as string;
    let directory = root;
    for (const name of names) {
      const next = directory.get(name) ?? new Map<string, Node>();
      if (next instanceof Uint8Array) throw badPath(path, `${name} is a file of its own`);
      directory.set(name, next);
      directory = next;
    }
    if (directory.has(last)) throw badPath(path, "there is another of this name");
    directory.set(last, content);
  }
  return root;
}

function badPath(path: string, why: string): WasiLinkError {
  return new WasiLinkError("WASI_PATH", `"${path}" cannot be packed in: ${why}.`);
}

/** The entries of a directory behind each other, by the bytes of their names: whatever order the files were given in. */
function entriesOf(root: Map<string, Node>): Entry[] {
  const entries: Entry[] = [{ parent: 0, name: new Uint8Array(), node: root, first: 0 }];
  // It grows as it is read.
  for (const [index, entry] of entries.entries()) {
    if (entry.node instanceof Uint8Array) continue;
    entry.first = entries.length;
    const children = [...entry.node].toSorted(([a], [b]) => byBytes(a, b));
    for (const [name, node] of children) {
      entries.push({ parent: index, name: new TextEncoder().encode(name), node, first: 0 });
    }
  }
  return entries;
}

/** An order that does not depend on the machine's language. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
