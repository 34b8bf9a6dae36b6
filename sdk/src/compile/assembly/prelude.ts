// Keeps a program's ABI (docs/programs.md), so that an author writes `main` and nothing else. compileProgram compiles this
// file as the entry; "./program" stands for the author's source.
import { main } from "./program";

// An address that is a multiple of a BLAKE3 chunk makes each chunk of input and result one aligned subtree of memory.
const CHUNK: usize = 1024;

// @ts-ignore: decorator
@inline const HEADER: usize = 16; // of a managed object, behind its block's own word

/** Room for the input: the bytes of an ArrayBuffer, so that `main` reads them where they lie. */
export function alloc(len: i32): i32 {
  if (len < 0) unreachable();
  const block = __alloc(HEADER + CHUNK - 1 + <usize>len);
  const ptr = (block + HEADER + CHUNK - 1) & ~(CHUNK - 1);
  store<u32>(ptr - 8, idof<ArrayBuffer>());
  store<u32>(ptr - 4, len);
  return <i32>ptr;
}

export function run(ptr: i32, len: i32): i64 {
  const input = Uint8Array.wrap(changetype<ArrayBuffer>(<usize>ptr), 0, len);
  const output: Uint8Array = main(input);
  const length = <usize>output.byteLength;
  let address = output.dataStart;
  if ((address & (CHUNK - 1)) != 0) {
    // The author's code is done: everything from the input on is free, and the input's address is aligned. So the result
    // takes no memory of its own.
    reserve(<usize>ptr + length);
    memory.copy(<usize>ptr, address, length);
    address = <usize>ptr;
  }
  return (<i64>address << 32) | <i64>length;
}

/** Grows the memory, if need be, to `end` bytes. */
function reserve(end: usize): void {
  const pages = <i32>((end + 0xffff) >>> 16) - memory.size();
  if (pages > 0 && memory.grow(pages) < 0) unreachable();
}
