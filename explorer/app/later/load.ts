/** Loads `later.js`, which lies beside the page's own script. */
export function loadLater(): Promise<typeof import("./later.ts")> {
  return import("./later.js");
}
