// The shim's memory. It lies behind the command's and moves up when the command grows, so that the command finds its memory in one
// piece, of the size it would have by itself: allocators of C, Go and others rely on both.
//
//   0 … command's memory … (room) | base: descriptors | metadata | input | output

// @ts-ignore: decorator
@external("assay", "start") declare function start(): void;
/** Copies from what was packed in at build time. */
// @ts-ignore: decorator
@external("assay", "image") export declare function image(to: usize, from: u32, length: u32): void;

const PAGE_BITS: usize = 16;
/** What the ABI asks of an address. */
const ALIGNMENT: usize = 1024;

export const DESCRIPTOR_BYTES: usize = 16;
export const MAX_DESCRIPTORS: u32 = 256;
const METADATA: usize = DESCRIPTOR_BYTES * MAX_DESCRIPTORS;

let commandPages: u32 = 0;
let base: usize = 0;
let inputAddress: usize = 0;
let inputBytes: usize = 0;

/** Which stream becomes the result: 1 is standard output. Who debugs a program sets 2 before `alloc`. */
export let wasi_result_fd: u32 = 1;
/** Where the result lies, as far as it is written: to be read after a trap too. */
export let wasi_output: usize = 0;
export let wasi_output_length: usize = 0;

export function descriptorAt(fd: u32): usize {
  return base + <usize>fd * DESCRIPTOR_BYTES;
}

export function metadata(): usize {
  return base + METADATA;
}

export function input(): usize {
  return inputAddress;
}

export function inputLength(): usize {
  return inputBytes;
}

function align(address: u64): u64 {
  return (address + ALIGNMENT - 1) & ~(<u64>ALIGNMENT - 1);
}

/** Grows the memory, if need be, to `end` bytes; traps where it may not. */
function reserve(end: u64): void {
  const missing = <i32>((end + 0xffff) >> PAGE_BITS) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
}

export function allocate(length: u32): usize {
  commandPages = memory.size();
  const first = <u64>commandPages << PAGE_BITS;
  base = <usize>first;
  reserve(first + METADATA + 4);
  image(metadata(), 0, 4);
  const metadataBytes = load<u32>(metadata());
  const from = align(first + METADATA + metadataBytes);
  const to = align(from + length);
  // Behind the last address there is no place for a result.
  if (to > <u64>u32.MAX_VALUE) unreachable();
  reserve(to);
  image(metadata(), 0, metadataBytes);
  inputAddress = <usize>from;
  inputBytes = length;
  wasi_output = <usize>to;
  return inputAddress;
}

export function run(address: usize, length: usize): u64 {
  start();
  // A result of nothing has to lie in the memory too.
  reserve(wasi_output);
  return (<u64>wasi_output << 32) | wasi_output_length;
}

export function append(address: usize, length: usize): void {
  const end = <u64>wasi_output + wasi_output_length + length;
  reserve(end);
  memory.copy(wasi_output + wasi_output_length, address, length);
  wasi_output_length += length;
}

/** The command's `memory.size`. */
export function memory_size(): i32 {
  return commandPages;
}

/** The command's `memory.grow`. */
export function memory_grow(pages: u32): i32 {
  const before = commandPages;
  const room = <u32>(base >> PAGE_BITS) - before;
  if (pages > room && !moveUp(pages - room)) return -1;
  commandPages = before + pages;
  return before;
}

/** As in `allocate`: behind the last address there is no place for a result. */
function growBy(pages: u32): bool {
  const output = <u64>wasi_output + (<u64>pages << PAGE_BITS);
  return output <= <u64>u32.MAX_VALUE && memory.grow(pages) >= 0;
}

/** Moves the region up by `least` pages; by as many as it has, if there is room, so that moving costs in proportion to growth. */
function moveUp(least: u32): bool {
  let pages = max(least, <u32>memory.size() - <u32>(base >> PAGE_BITS));
  if (!growBy(pages)) {
    pages = least;
    if (!growBy(pages)) return false;
  }
  const distance = <usize>pages << PAGE_BITS;
  const length = wasi_output + wasi_output_length - base;
  memory.copy(base + distance, base, length);
  memory.fill(base, 0, min(distance, length));
  base += distance;
  inputAddress += distance;
  wasi_output += distance;
  return true;
}
