import { ERRNO } from "./wasi";
import { image, input, inputLength, metadata } from "./region";

// Header of the metadata; sdk/src/program/wasi/image.ts writes it.
const ARGUMENTS: usize = 8;
const ENVIRONMENT: usize = 20;

/** Whether the command has ended: its functions return one after the other then, up to the first. */
export let exited: i32 = 0;
export let wasi_exit_code: i32 = 0;

export function proc_exit(code: i32): void {
  wasi_exit_code = code;
  exited = 1;
  if (code != 0) unreachable();
}

function sizes(list: usize, count: usize, bytes: usize): i32 {
  store<u32>(count, load<u32>(metadata() + list));
  store<u32>(bytes, load<u32>(metadata() + list, 8));
  return ERRNO.SUCCESS;
}

/** Writes the strings, each with a NUL behind it, and the address of each. */
function strings(list: usize, pointers: usize, bytes: usize): i32 {
  const count = load<u32>(metadata() + list);
  image(bytes, load<u32>(metadata() + list, 4), load<u32>(metadata() + list, 8));
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(pointers + 4 * i, bytes);
    while (load<u8>(bytes) != 0) bytes++;
    bytes++;
  }
  return ERRNO.SUCCESS;
}

export function args_sizes_get(count: usize, bytes: usize): i32 {
  return sizes(ARGUMENTS, count, bytes);
}

export function args_get(pointers: usize, bytes: usize): i32 {
  return strings(ARGUMENTS, pointers, bytes);
}

export function environ_sizes_get(count: usize, bytes: usize): i32 {
  return sizes(ENVIRONMENT, count, bytes);
}

export function environ_get(pointers: usize, bytes: usize): i32 {
  return strings(ENVIRONMENT, pointers, bytes);
}

export function sched_yield(): i32 {
  return ERRNO.SUCCESS;
}

let seeded: bool = false;
let state: u64 = 0;

/** Every byte of the input and its length change the seed. Behind the input are zeros, up to a multiple of 1,024. */
function seed(): void {
  let hash: u64 = inputLength();
  for (let at = input(), end = input() + inputLength(); at < end; at += 8) {
    hash = (hash ^ load<u64>(at)) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  state = hash;
  seeded = true;
}

/** SplitMix64: https://doi.org/10.1145/2714064.2660195 */
function next(): u64 {
  state += 0x9e3779b97f4a7c15;
  let z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

export function random_get(buffer: usize, length: usize): i32 {
  if (!seeded) seed();
  const words = length & ~7;
  for (let i: usize = 0; i < words; i += 8) store<u64>(buffer + i, next());
  if (words < length) {
    for (let i = words, rest = next(); i < length; i++, rest >>= 8) store<u8>(buffer + i, <u8>rest);
  }
  return ERRNO.SUCCESS;
}
