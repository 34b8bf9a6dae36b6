// What a WASI command is linked with to become a program (docs/decisions/0018-wasi-programs.md). Functions are called what WASI
// preview 1 calls them; what is missing here answers ENOSYS.
import { openFirst } from "./descriptors";
import { allocate } from "./region";

export function alloc(length: u32): usize {
  const address = allocate(length);
  openFirst();
  return address;
}

export { memory_grow, memory_size, run, wasi_output, wasi_output_length, wasi_result_fd } from "./region";
export {
  args_get, args_sizes_get, environ_get, environ_sizes_get, exited, proc_exit, random_get, sched_yield, wasi_exit_code,
} from "./process";
export { clock_res_get, clock_time_get, poll_oneoff } from "./clock";
export {
  fd_advise, fd_close, fd_datasync, fd_fdstat_get, fd_fdstat_set_flags, fd_filestat_get, fd_pread, fd_read, fd_renumber,
  fd_seek, fd_sync, fd_tell, fd_write,
} from "./descriptors";
export { fd_prestat_dir_name, fd_prestat_get, fd_readdir, path_filestat_get, path_open, path_readlink } from "./paths";
