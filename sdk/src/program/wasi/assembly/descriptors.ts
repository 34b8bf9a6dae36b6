// Open files: 16 bytes each, what it is (u32) and the offset at which it is read (u64, 8 bytes in).
import { append, descriptorAt, image, input, inputLength, MAX_DESCRIPTORS, wasi_result_fd } from "./region";
import { ERRNO, FILETYPE, RIGHT } from "./wasi";
import { isDirectory, placeOf, ROOT, sizeOf, writeEntryFilestat, writeFilestat } from "./tree";

export const CLOSED: u32 = 0;
export const STDIN: u32 = 1;
export const STDOUT: u32 = 2;
export const STDERR: u32 = 3;
/** Followed by the entry. */
export const ENTRY: u32 = 4;
export const PREOPENED: u32 = 3;

export function openFirst(): void {
  store<u32>(descriptorAt(0), STDIN);
  store<u32>(descriptorAt(1), STDOUT);
  store<u32>(descriptorAt(2), STDERR);
  store<u32>(descriptorAt(PREOPENED), ENTRY + ROOT);
}

export function kindOf(fd: u32): u32 {
  return fd < MAX_DESCRIPTORS ? load<u32>(descriptorAt(fd)) : CLOSED;
}

export function isDirectoryKind(kind: u32): bool {
  return kind >= ENTRY && isDirectory(kind - ENTRY);
}

/** Whether there are bytes to read by offset: standard input, or a file that is packed in. */
function isReadable(kind: u32): bool {
  return kind == STDIN || (kind >= ENTRY && !isDirectory(kind - ENTRY));
}

function lengthOf(kind: u32): u64 {
  return kind == STDIN ? inputLength() : sizeOf(kind - ENTRY);
}

/** What reading answers where there is nothing to read. */
function readError(kind: u32): i32 {
  if (isReadable(kind)) return ERRNO.SUCCESS;
  return isDirectoryKind(kind) ? ERRNO.ISDIR : ERRNO.BADF;
}

export function open(entry: u32, opened: usize): i32 {
  for (let fd: u32 = PREOPENED; fd < MAX_DESCRIPTORS; fd++) {
    if (kindOf(fd) != CLOSED) continue;
    store<u32>(descriptorAt(fd), ENTRY + entry);
    store<u64>(descriptorAt(fd), 0, 8);
    store<u32>(opened, fd);
    return ERRNO.SUCCESS;
  }
  return ERRNO.MFILE;
}

/** Reads from an offset into the buffers of a list; gives how many bytes there were. */
function readAt(kind: u32, offset: u64, buffers: usize, count: u32): u32 {
  const length = lengthOf(kind);
  let at = offset;
  for (let i: u32 = 0; i < count && at < length; i++) {
    const to = load<u32>(buffers + 8 * i);
    const bytes = <u32>min<u64>(load<u32>(buffers + 8 * i, 4), length - at);
    if (kind == STDIN) memory.copy(to, input() + <usize>at, bytes);
    else image(to, placeOf(kind - ENTRY) + <u32>at, bytes);
    at += bytes;
  }
  return <u32>(at - offset);
}

export function fd_read(fd: u32, buffers: usize, count: u32, read: usize): i32 {
  const kind = kindOf(fd);
  const error = readError(kind);
  if (error != ERRNO.SUCCESS) return error;
  const offset = load<u64>(descriptorAt(fd), 8);
  const bytes = readAt(kind, offset, buffers, count);
  store<u64>(descriptorAt(fd), offset + bytes, 8);
  store<u32>(read, bytes);
  return ERRNO.SUCCESS;
}

export function fd_pread(fd: u32, buffers: usize, count: u32, offset: u64, read: usize): i32 {
  const kind = kindOf(fd);
  const error = readError(kind);
  if (error != ERRNO.SUCCESS) return error;
  store<u32>(read, readAt(kind, offset, buffers, count));
  return ERRNO.SUCCESS;
}

export function fd_write(fd: u32, buffers: usize, count: u32, written: usize): i32 {
  const kind = kindOf(fd);
  if (kind != STDOUT && kind != STDERR) return isDirectoryKind(kind) ? ERRNO.ISDIR : ERRNO.BADF;
  let total: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const length = load<u32>(buffers + 8 * i, 4);
    if (kind == wasi_result_fd + 1) append(load<u32>(buffers + 8 * i), length);
    total += length;
  }
  store<u32>(written, total);
  return ERRNO.SUCCESS;
}

/** Where reading goes on, from the beginning, from here or from the end. */
export function fd_seek(fd: u32, by: i64, whence: i32, offset: usize): i32 {
  const kind = kindOf(fd);
  if (kind == STDOUT || kind == STDERR) return ERRNO.SPIPE;
  const error = readError(kind);
  if (error != ERRNO.SUCCESS) return error;
  if (<u32>whence > 2) return ERRNO.INVAL;
  const here = <i64>load<u64>(descriptorAt(fd), 8);
  const from = whence == 0 ? 0 : whence == 1 ? here : <i64>lengthOf(kind);
  // No offset is negative, so that only a sum of two positive numbers can overflow.
  const to = from + by;
  if (to < 0) return ERRNO.INVAL;
  store<u64>(descriptorAt(fd), to, 8);
  store<u64>(offset, to);
  return ERRNO.SUCCESS;
}

export function fd_tell(fd: u32, offset: usize): i32 {
  return fd_seek(fd, 0, 1, offset);
}

export function fd_close(fd: u32): i32 {
  if (kindOf(fd) == CLOSED) return ERRNO.BADF;
  store<u32>(descriptorAt(fd), CLOSED);
  return ERRNO.SUCCESS;
}

export function fd_renumber(from: u32, to: u32): i32 {
  if (kindOf(from) == CLOSED || kindOf(to) == CLOSED) return ERRNO.BADF;
  if (from == to) return ERRNO.SUCCESS;
  memory.copy(descriptorAt(to), descriptorAt(from), 16);
  return fd_close(from);
}

function checkOpen(fd: u32): i32 {
  return kindOf(fd) == CLOSED ? ERRNO.BADF : ERRNO.SUCCESS;
}

export function fd_advise(fd: u32, offset: u64, length: u64, advice: i32): i32 {
  return checkOpen(fd);
}

export function fd_sync(fd: u32): i32 {
  return checkOpen(fd);
}

export function fd_datasync(fd: u32): i32 {
  return checkOpen(fd);
}

/** Whether an operation would wait makes no difference: none does. */
export function fd_fdstat_set_flags(fd: u32, flags: i32): i32 {
  return checkOpen(fd);
}

export function pollDescriptor(fd: u32): i32 {
  return checkOpen(fd);
}

/** Bytes that are left to read. */
export function readable(fd: u32): u64 {
  const kind = kindOf(fd);
  if (!isReadable(kind)) return 0;
  const offset = load<u64>(descriptorAt(fd), 8);
  const length = lengthOf(kind);
  return offset < length ? length - offset : 0;
}

/** Inodes of streams come behind those of all entries. */
const STREAMS: u64 = 0x1_0000_0000;

export function fd_filestat_get(fd: u32, buffer: usize): i32 {
  const kind = kindOf(fd);
  if (kind == CLOSED) return ERRNO.BADF;
  if (kind >= ENTRY) return writeEntryFilestat(buffer, kind - ENTRY);
  // Each an inode of its own: there are programs that refuse to read what they write.
  return writeFilestat(buffer, STREAMS + kind, FILETYPE.REGULAR, kind == STDIN ? inputLength() : 0);
}

const ANY: u64 = RIGHT.FD_FILESTAT_GET | RIGHT.FD_FDSTAT_SET_FLAGS;
const READING: u64 = ANY | RIGHT.FD_READ | RIGHT.FD_SEEK | RIGHT.FD_TELL | RIGHT.FD_ADVISE | RIGHT.POLL_FD_READWRITE;
const WRITING: u64 = ANY | RIGHT.FD_WRITE | RIGHT.POLL_FD_READWRITE;
const LISTING: u64 =
  ANY | RIGHT.PATH_OPEN | RIGHT.FD_READDIR | RIGHT.PATH_READLINK | RIGHT.PATH_FILESTAT_GET;

export function fd_fdstat_get(fd: u32, buffer: usize): i32 {
  const kind = kindOf(fd);
  if (kind == CLOSED) return ERRNO.BADF;
  const isListing = isDirectoryKind(kind);
  memory.fill(buffer, 0, 24);
  store<u8>(buffer, isListing ? FILETYPE.DIRECTORY : FILETYPE.REGULAR);
  store<u64>(buffer, isListing ? LISTING : isReadable(kind) ? READING : WRITING, 8);
  // What is opened below may ask for any right, so that who asks to write hears of it when opening, and not when writing.
  store<u64>(buffer, isListing ? RIGHT.ALL : 0, 16);
  return ERRNO.SUCCESS;
}
