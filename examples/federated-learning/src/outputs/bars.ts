import { stripVTControlCharacters } from "node:util";

const BAR_WIDTH = 28;
const MIN_REDRAW_MS = 80;

export interface Row {
  label: string;
  done: number;
  /** Undefined if nobody knows: there is a count then, and no bar. */
  of: number | undefined;
}

export interface Bars {
  update(rows: readonly Row[]): void;
  /**
   * Shows lines above the bars, in place of those shown before; elsewhere than on a terminal, or on one that is too small to draw over them, only the
   * last ones, at the end.
   */
  picture(lines: readonly string[]): void;
  /** Writes a line that stays, above what moves. */
  note(line: string): void;
  /** Leaves the last state on the screen. */
  close(): void;
}

function draw({ label, done, of }: Row): string {
  if (of === undefined) return `  ${label.padEnd(17)}${done}`;
  const filled = of === 0 ? BAR_WIDTH : Math.round((done / of) * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  return `  ${label.padEnd(17)}${bar} ${String(done).padStart(String(of).length)}/${of}`;
}

/** Bars that move in place on a terminal; elsewhere one line each time a row is complete, so that a log file stays readable. */
export function createBars(stream: NodeJS.WriteStream): Bars {
  let rows: readonly Row[] = [];
  let above: readonly string[] = [];
  let drawnAt = 0;
  let drawnLines = 0;
  const complete = new Set<string>();
  /** Lines that wrap or that have left the screen cannot be drawn over. */
  const isShown = () => {
    const { columns = 80, rows: height = 24 } = stream;
    const widest = Math.max(...above.map((line) => stripVTControlCharacters(line).length), 0);
    return widest < columns && above.length + rows.length < height;
  };
  const redraw = () => {
    const up = drawnLines > 0 ? `\x1b[${drawnLines}A\x1b[J` : "";
    const lines = [...(isShown() ? above : []), ...rows.map(draw)];
    stream.write(up + lines.map((line) => `${line}\n`).join(""));
    drawnLines = lines.length;
    drawnAt = performance.now();
  };
  return {
    update(next) {
      rows = next.map((row) => ({ ...row }));
      if (stream.isTTY) {
        if (performance.now() - drawnAt >= MIN_REDRAW_MS) redraw();
        return;
      }
      for (const row of rows) {
        if (row.of === undefined || row.done < row.of || complete.has(row.label)) continue;
        complete.add(row.label);
        stream.write(`${draw(row)}\n`);
      }
    },
    picture(lines) {
      above = lines;
      if (stream.isTTY) redraw();
    },
    note(line) {
      const up = stream.isTTY && drawnLines > 0 ? `\x1b[${drawnLines}A\x1b[J` : "";
      stream.write(`${up}${line}\n`);
      drawnLines = 0;
      if (stream.isTTY) redraw();
    },
    close: () => {
      if (stream.isTTY) redraw();
      if ((!stream.isTTY || !isShown()) && above.length > 0)
        stream.write(`\n${above.join("\n")}\n`);
    },
  };
}
