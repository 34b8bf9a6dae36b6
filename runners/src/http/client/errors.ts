import { AssayError, type AssayErrorOptions } from "@assay/sdk";

/** A host did not do one task: another may. */
export class HostFailedError extends AssayError {
  readonly code = "HTTP_HOST_FAILED";
  readonly retryable = true;
  readonly host: string;
  /** Its own word, if it said one: `BUSY`, `DRAINING`, `TROUBLE`, … */
  readonly reason: string | undefined;

  constructor(host: string, what: string, reason?: string, options?: AssayErrorOptions) {
    super(`${host} ${what}: another host is asked.`, options);
    this.host = host;
    this.reason = reason;
  }
}

/** The problem of a host that does not know the token. */
export const REFUSES_TOKEN = "refuses the token";

/** A host that cannot be used: its token is refused, it cannot be reached, or it gave wrong bytes. */
export interface UnfitHost {
  host: string;
  /** In words. */
  problem: string;
}

/** No host can be used, or fewer than the redundancy asks for. */
export class HostsUnfitError extends AssayError {
  readonly code = "HTTP_NO_HOST";
  readonly retryable = true;
  readonly hosts: readonly UnfitHost[];

  constructor(needed: number, hosts: readonly UnfitHost[]) {
    const named = hosts.map(({ host, problem }) => `${host} ${problem}`).join("; ");
    const isToken = hosts.length > 0 && hosts.every(({ problem }) => problem === REFUSES_TOKEN);
    const fix = isToken
      ? "give the token that they were started with"
      : "start `assay runner serve` there, or name others";
    super(
      `${needed === 1 ? "No host" : `Fewer than ${needed} hosts`} can be used (${named || "none is named"}): ${fix}.`,
    );
    this.hosts = hosts;
  }
}

/** Hosts gave different bytes for a task, and no majority of those that could be asked agrees. */
export class HostsDisagreeError extends AssayError {
  readonly code = "HTTP_HOSTS_DISAGREE";
  readonly retryable = true;
  readonly position: number;

  constructor(position: number, hosts: readonly string[]) {
    super(
      `The hosts do not agree on task ${position} (${hosts.join(", ")}): name one more, or find out which of them is wrong.`,
    );
    this.position = position;
  }
}
