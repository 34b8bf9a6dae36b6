/** What the process that posts a job says of it. */
export interface Submitted {
  tasks: number;
  /** From the call of `submitJob` to its return, the transaction included. */
  seconds: number;
  /** Most memory that the process ever had resident, in MiB. */
  rssMb: number;
  /** Time of processors that the process took since it called, in seconds. */
  cpuSeconds: number;
}
