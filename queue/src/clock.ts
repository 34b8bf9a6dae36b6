/** The time when this process first asked for it, less how long it had been running. */
const startedAt = Date.now() - performance.now();

/**
 * Milliseconds of `Date.now()`, as if nobody had set the machine's clock since: a task that is to be tried again in a minute is not tried
 * again in a day because the clock was set back by one.
 */
export function clockMs(): number {
  return Math.floor(startedAt + performance.now());
}
