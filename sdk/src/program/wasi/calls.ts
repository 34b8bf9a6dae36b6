import { I32, I64 } from "../module/sections.ts";

/** Answers of functions that the shim does not have. */
export const ENOSYS = 52;

/** All functions of WASI preview 1 by their parameters: `i` is i32, `I` is i64. Each gives an i32, but for `proc_exit`. */
const parameters: Readonly<Record<string, string>> = {
  args_get: "ii",
  args_sizes_get: "ii",
  clock_res_get: "ii",
  clock_time_get: "iIi",
  environ_get: "ii",
  environ_sizes_get: "ii",
  fd_advise: "iIIi",
  fd_allocate: "iII",
  fd_close: "i",
  fd_datasync: "i",
  fd_fdstat_get: "ii",
  fd_fdstat_set_flags: "ii",
  fd_fdstat_set_rights: "iII",
  fd_filestat_get: "ii",
  fd_filestat_set_size: "iI",
  fd_filestat_set_times: "iIIi",
  fd_pread: "iiiIi",
  fd_prestat_dir_name: "iii",
  fd_prestat_get: "ii",
  fd_pwrite: "iiiIi",
  fd_read: "iiii",
  fd_readdir: "iiiIi",
  fd_renumber: "ii",
  fd_seek: "iIii",
  fd_sync: "i",
  fd_tell: "ii",
  fd_write: "iiii",
  path_create_directory: "iii",
  path_filestat_get: "iiiii",
  path_filestat_set_times: "iiiiIIi",
  path_link: "iiiiiii",
  path_open: "iiiiiIIii",
  path_readlink: "iiiiii",
  path_remove_directory: "iii",
  path_rename: "iiiiii",
  path_symlink: "iiiii",
  path_unlink_file: "iii",
  poll_oneoff: "iiii",
  proc_exit: "i",
  proc_raise: "i",
  random_get: "ii",
  sched_yield: "",
  sock_accept: "iii",
  sock_recv: "iiiiii",
  sock_send: "iiiii",
  sock_shutdown: "ii",
};

/** Ends the command: what calls it returns at once. */
export const PROC_EXIT = "proc_exit";

/** The type of a function of WASI preview 1; `undefined` for a name that it does not have. */
export function wasiSignature(name: string) {
  const types = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (types === undefined) return undefined;
  return {
    parameters: Array.from(types, (type) => (type === "i" ? I32 : I64)),
    results: name === PROC_EXIT ? [] : [I32],
  };
}
