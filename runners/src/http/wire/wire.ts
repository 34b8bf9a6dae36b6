/** What a host and its clients say to each other, beside the bytes of programs, inputs and results. */
export const PATHS = {
  /** GET: what the host is; needs the token. */
  host: "/v1",
  /** PUT a module under its CID; POST an input to `…/<cid>/tasks?maxSteps=…&maxResultBytes=…`. */
  programs: "/v1/programs/",
  tasks: "/tasks",
  health: "/health",
  metrics: "/metrics",
} as const;

/** The header of an answer that says how the task ended; the body is the result. */
export const OUTCOME_HEADER = "assay-outcome";

/** What `GET /v1` answers. */
export interface HostInfo {
  runner: 1;
  /** Tasks at a time. */
  processes: number;
  maxInputBytes: number;
}

/** The body of every answer that is no result: why, and whether the same is worth another try. */
export interface Refusal {
  code: RefusalCode;
  message: string;
}

export type RefusalCode =
  | "UNAUTHORIZED"
  | "NOT_FOUND"
  | "BAD_REQUEST"
  | "PROGRAM_UNKNOWN"
  | "PROGRAM_INVALID"
  | "TOO_LARGE"
  | "BUSY"
  | "DRAINING"
  | "TROUBLE";
