export interface PlotLine {
  name: string;
  /** One character for its points. */
  mark: string;
  /** Number of a colour of the terminal (SGR), for example 32. */
  colour: number;
  /** Accuracies from round 1 on; as many as are known. */
  values: readonly number[];
}

const WIDTH = 60;
const HEIGHT = 12;
const BETWEEN = "·";

/**
 * Draws accuracy by round as lines of text. Lines have marks of their own, so that the plot can be read without colours. Where they meet, the
 * last one is seen.
 * @param rounds - number of rounds that the plot has room for.
 */
export function drawPlot(
  lines: readonly PlotLine[],
  { rounds, colours }: { rounds: number; colours: boolean },
): string[] {
  const paint = (text: string, colour: number) =>
    colours ? `\x1b[${colour}m${text}\x1b[0m` : text;
  const cells = Array.from({ length: HEIGHT + 1 }, () => new Array<string>(WIDTH + 1).fill(" "));
  const put = (x: number, accuracy: number, text: string) => {
    const row = cells[HEIGHT - Math.round(Math.min(1, Math.max(0, accuracy)) * HEIGHT)];
    if (row !== undefined) row[x] = text;
  };
  const at = (round: number) => Math.round((WIDTH * (round - 1)) / Math.max(1, rounds - 1));
  for (const { values, colour } of lines) {
    for (const [i, value] of values.entries()) {
      const next = values[i + 1];
      if (next === undefined) continue;
      const [from, to] = [at(i + 1), at(i + 2)];
      for (let x = from + 1; x < to; x++) {
        put(x, value + ((next - value) * (x - from)) / (to - from), paint(BETWEEN, colour));
      }
    }
  }
  for (const { values, mark, colour } of lines) {
    for (const [i, value] of values.entries()) put(at(i + 1), value, paint(mark, colour));
  }
  const axis = cells.map((row, i) => {
    const level = (HEIGHT - i) / HEIGHT;
    const label = i % (HEIGHT / 4) === 0 ? `${level.toFixed(2)} ┤` : "     │";
    return `  ${label}${row.join("").trimEnd()}`;
  });
  const last = String(rounds);
  const legend = lines.map(({ name, mark, colour }) => `${paint(mark, colour)} ${name}`);
  return [
    ...axis,
    `       └${"─".repeat(WIDTH)}`,
    `  round 1${" ".repeat(WIDTH - last.length)}${last}`,
    `        ${legend.join("   ")}`,
  ];
}
