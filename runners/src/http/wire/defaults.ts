export const HTTP_DEFAULTS = {
  /** Longest input that a host takes, in bytes. */
  maxInputBytes: 64 << 20,
} as const;
