const UNITS: readonly [seconds: number, name: string][] = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** `2 h 5 min`: the two largest units of a time in seconds. */
export function shownDuration(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [size, name] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
    if (parts.length > 0 && (parts.length === 2 || name === "s" || size <= 60)) break;
  }
  return parts.join(" ") || "0 s";
}

/** `3 min ago`, `in 2 h`. */
export function shownAgo(at: number, now: number): string {
  const seconds = now - at;
  if (Math.abs(seconds) < 1) return "now";
  return seconds > 0 ? `${shownDuration(seconds)} ago` : `in ${shownDuration(-seconds)}`;
}

/** A moment in the reader's own zone and language. */
export function shownMoment(at: number): string {
  return new Date(at * 1_000).toLocaleString(undefined, {
    ...{ dateStyle: "medium", timeStyle: "medium" },
  });
}
