import { ERRNO, OFLAG, RIGHT } from "./wasi";
import { CLOSED, ENTRY, isDirectoryKind, kindOf, open, PREOPENED } from "./descriptors";
import {
  filetypeOf, found, isDirectory, nameLengthOf, nameOf, parentOf, placeOf, resolve, ROOT, sizeOf, writeEntryFilestat,
} from "./tree";

function isPreopened(fd: u32): bool {
  return fd == PREOPENED && kindOf(fd) == ENTRY + ROOT;
}

export function fd_prestat_get(fd: u32, buffer: usize): i32 {
  if (!isPreopened(fd)) return ERRNO.BADF;
  store<u32>(buffer, 0); // a directory
  store<u32>(buffer, 1, 4); // length of its name
  return ERRNO.SUCCESS;
}

export function fd_prestat_dir_name(fd: u32, path: usize, length: u32): i32 {
  if (!isPreopened(fd)) return ERRNO.BADF;
  if (length < 1) return ERRNO.NAMETOOLONG;
  store<u8>(path, 0x2f);
  return ERRNO.SUCCESS;
}

/** Follows a path from an open directory. */
function resolveFrom(fd: u32, path: usize, length: usize): i32 {
  const kind = kindOf(fd);
  if (kind == CLOSED) return ERRNO.BADF;
  if (!isDirectoryKind(kind)) return ERRNO.NOTDIR;
  return resolve(kind - ENTRY, path, length);
}

export function path_open(
  fd: u32, lookup: i32, path: usize, length: usize,
  flags: i32, rights: u64, inherited: u64, fdflags: i32, opened: usize,
): i32 {
  const error = resolveFrom(fd, path, length);
  if (error == ERRNO.NOENT && (flags & OFLAG.CREAT) != 0) return ERRNO.ROFS;
  if (error != ERRNO.SUCCESS) return error;
  if ((flags & OFLAG.CREAT) != 0 && (flags & OFLAG.EXCL) != 0) return ERRNO.EXIST;
  const isListing = isDirectory(found);
  if (!isListing && (flags & OFLAG.DIRECTORY) != 0) return ERRNO.NOTDIR;
  if ((rights & RIGHT.FD_WRITE) != 0 || (flags & OFLAG.TRUNC) != 0) {
    return isListing ? ERRNO.ISDIR : ERRNO.ROFS;
  }
  return open(found, opened);
}

export function path_filestat_get(fd: u32, lookup: i32, path: usize, length: usize, buffer: usize): i32 {
  const error = resolveFrom(fd, path, length);
  return error == ERRNO.SUCCESS ? writeEntryFilestat(buffer, found) : error;
}

/** Nothing is a symbolic link. */
export function path_readlink(
  fd: u32, path: usize, length: usize, buffer: usize, bytes: u32, used: usize,
): i32 {
  const error = resolveFrom(fd, path, length);
  return error == ERRNO.SUCCESS ? ERRNO.INVAL : error;
}

const DIRENT_BYTES: u32 = 24;
const DOTS: u64 = 2;

export function fd_readdir(fd: u32, buffer: usize, length: u32, cookie: u64, used: usize): i32 {
  const kind = kindOf(fd);
  if (kind == CLOSED) return ERRNO.BADF;
  if (!isDirectoryKind(kind)) return ERRNO.NOTDIR;
  const directory = kind - ENTRY;
  let written: u32 = 0;
  for (let next = cookie; next < DOTS + sizeOf(directory) && written < length; next++) {
    const isDots = next < DOTS;
    const entry = next == 0 ? directory : next == 1 ? parentOf(directory) : placeOf(directory) + <u32>(next - DOTS);
    const nameLength = isDots ? <u32>next + 1 : nameLengthOf(entry);
    writeHead(buffer + written, length - written, next + 1, entry, nameLength);
    written += min(DIRENT_BYTES, length - written);
    const shown = min(nameLength, length - written);
    if (isDots) memory.fill(buffer + written, 0x2e, shown);
    else memory.copy(buffer + written, nameOf(entry), shown);
    written += shown;
  }
  store<u32>(used, written);
  return ERRNO.SUCCESS;
}

/** As much of an entry's head as there is room for, byte by byte: the last one may be cut. */
function writeHead(to: usize, room: u32, next: u64, entry: u32, nameLength: u32): void {
  let head: u64 = 0;
  for (let i: u32 = 0; i < min(DIRENT_BYTES, room); i++) {
    if (i == 0) head = next;
    else if (i == 8) head = entry + 1;
    else if (i == 16) head = nameLength | (<u64>filetypeOf(entry) << 32);
    store<u8>(to + i, <u8>head);
    head >>= 8;
  }
}
