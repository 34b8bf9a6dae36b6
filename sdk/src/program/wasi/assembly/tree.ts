// The files that were packed in: entries of 24 bytes behind the metadata's header, a directory's own behind each other.
import { ERRNO, FILETYPE, START } from "./wasi";
import { metadata } from "./region";

const ENTRIES: usize = 32;
const ENTRY_BYTES: usize = 24;
export const ROOT: u32 = 0;

const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

function at(entry: u32): usize {
  return metadata() + ENTRIES + <usize>entry * ENTRY_BYTES;
}

export function parentOf(entry: u32): u32 {
  return load<u32>(at(entry));
}

export function nameOf(entry: u32): usize {
  return metadata() + load<u32>(at(entry), 4);
}

export function nameLengthOf(entry: u32): u32 {
  return load<u32>(at(entry), 8);
}

/** Directories have no place. */
export function isDirectory(entry: u32): bool {
  return load<u8>(at(entry), 12) == FILETYPE.DIRECTORY;
}

export function filetypeOf(entry: u32): u8 {
  return load<u8>(at(entry), 12);
}

/** Of a file: where it begins in what was packed in. Of a directory: its first entry. */
export function placeOf(entry: u32): u32 {
  return load<u32>(at(entry), 16);
}

/** Of a file in bytes, of a directory in entries. */
export function sizeOf(entry: u32): u32 {
  return load<u32>(at(entry), 20);
}

/** What `resolve` has found. */
export let found: u32 = 0;

/** Follows a path from a directory. Gives an error number; the entry is in `found`. */
export function resolve(directory: u32, path: usize, length: usize): i32 {
  if (length == 0) return ERRNO.NOENT;
  if (load<u8>(path) == SLASH) return ERRNO.NOTCAPABLE;
  const end = path + length;
  let entry = directory;
  for (let from = path; from < end; ) {
    let to = from;
    while (to < end && load<u8>(to) != SLASH) to++;
    // What is followed by anything, if only by a slash, has to be a directory.
    if (!isDirectory(entry)) return ERRNO.NOTDIR;
    const name = to - from;
    if (name == 2 && load<u8>(from) == DOT && load<u8>(from, 1) == DOT) {
      if (entry == ROOT) return ERRNO.NOTCAPABLE;
      entry = parentOf(entry);
    } else if (name > 1 || (name == 1 && load<u8>(from) != DOT)) {
      const child = childOf(entry, from, name);
      if (child == ROOT) return ERRNO.NOENT;
      entry = child;
    }
    if (to + 1 == end && !isDirectory(entry)) return ERRNO.NOTDIR;
    from = to + 1;
  }
  found = entry;
  return ERRNO.SUCCESS;
}

/** The root, which is nobody's child, where there is none. */
function childOf(directory: u32, name: usize, length: usize): u32 {
  const first = placeOf(directory);
  const last = first + sizeOf(directory);
  for (let entry = first; entry < last; entry++) {
    if (<usize>nameLengthOf(entry) == length && memory.compare(nameOf(entry), name, length) == 0) {
      return entry;
    }
  }
  return ROOT;
}

export function writeFilestat(buffer: usize, inode: u64, filetype: u8, size: u64): i32 {
  memory.fill(buffer, 0, 64);
  store<u64>(buffer, inode, 8);
  store<u8>(buffer, filetype, 16);
  store<u64>(buffer, 1, 24); // links
  store<u64>(buffer, size, 32);
  for (let time: usize = 40; time < 64; time += 8) store<u64>(buffer + time, START);
  return ERRNO.SUCCESS;
}

export function writeEntryFilestat(buffer: usize, entry: u32): i32 {
  const size = isDirectory(entry) ? 0 : sizeOf(entry);
  return writeFilestat(buffer, entry + 1, filetypeOf(entry), size);
}
