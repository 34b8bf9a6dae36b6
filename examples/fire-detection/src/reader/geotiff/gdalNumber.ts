/** Words that GDAL knows, in these spellings only. */
const WORDS: readonly [start: string, value: number, alone: boolean][] = [
  ["nan", Number.NaN, true],
  ["NaN", Number.NaN, true],
  ["1.#QNAN", Number.NaN, false],
  ["1.#SNAN", Number.NaN, false],
  ["-1.#QNAN", Number.NaN, false],
  ["-1.#IND", Number.NaN, false],
  ["inf", Number.POSITIVE_INFINITY, true],
  ["Inf", Number.POSITIVE_INFINITY, true],
  ["1.#INF", Number.POSITIVE_INFINITY, false],
  ["-inf", Number.NEGATIVE_INFINITY, true],
  ["-Inf", Number.NEGATIVE_INFINITY, true],
  ["-1.#INF", Number.NEGATIVE_INFINITY, false],
];

/**
 * A number as GDAL reads one from a tag (`CPLAtofM`): what begins like a number is one, a comma may stand for the point, and
 * anything else is 0.
 * @returns `isWhole`: whether all of the text was understood.
 */
export function parseGdalNumber(text: string): { value: number; isWhole: boolean } {
  const trimmed = text.trim();
  for (const [start, value, alone] of WORDS) {
    if (alone ? trimmed === start : trimmed.startsWith(start)) return { value, isWhole: true };
  }
  // Whichever of the two comes first is the point.
  const point = /[.,]/.exec(trimmed)?.[0] ?? ".";
  const number =
    point === ","
      ? /^[+-]?(?:\d+,?\d*|,\d+)(?:e[+-]?\d+)?/i.exec(trimmed)?.[0]
      : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/i.exec(trimmed)?.[0];
  if (number === undefined) return { value: 0, isWhole: false };
  return { value: Number(number.replace(",", ".")), isWhole: number.length === trimmed.length };
}
