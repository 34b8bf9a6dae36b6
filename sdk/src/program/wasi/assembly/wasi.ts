// Numbers of WASI preview 1: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md

export namespace ERRNO {
  export const SUCCESS: i32 = 0;
  export const BADF: i32 = 8;
  export const EXIST: i32 = 20;
  export const INVAL: i32 = 28;
  export const ISDIR: i32 = 31;
  export const MFILE: i32 = 33;
  export const NAMETOOLONG: i32 = 37;
  export const NOENT: i32 = 44;
  export const NOTDIR: i32 = 54;
  export const ROFS: i32 = 69;
  export const SPIPE: i32 = 70;
  export const NOTCAPABLE: i32 = 76;
}

export namespace FILETYPE {
  export const DIRECTORY: u8 = 3;
  export const REGULAR: u8 = 4;
}

export namespace OFLAG {
  export const CREAT: i32 = 1;
  export const DIRECTORY: i32 = 2;
  export const EXCL: i32 = 4;
  export const TRUNC: i32 = 8;
}

export namespace RIGHT {
  export const FD_READ: u64 = 1 << 1;
  export const FD_SEEK: u64 = 1 << 2;
  export const FD_FDSTAT_SET_FLAGS: u64 = 1 << 3;
  export const FD_TELL: u64 = 1 << 5;
  export const FD_WRITE: u64 = 1 << 6;
  export const FD_ADVISE: u64 = 1 << 7;
  export const PATH_OPEN: u64 = 1 << 13;
  export const FD_READDIR: u64 = 1 << 14;
  export const PATH_READLINK: u64 = 1 << 15;
  export const PATH_FILESTAT_GET: u64 = 1 << 18;
  export const FD_FILESTAT_GET: u64 = 1 << 21;
  export const POLL_FD_READWRITE: u64 = 1 << 27;
  export const ALL: u64 = (1 << 30) - 1;
}

/** What every clock and every file shows: 1 January 2000, 0:00 UTC, in nanoseconds. */
export const START: u64 = 946_684_800_000_000_000;
