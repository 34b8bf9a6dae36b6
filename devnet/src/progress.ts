/** A display of a job's progress. */
export interface Progress {
  batchesClaimed: number;
  tasksDone: number;
  resultsVerified: number;
  tasksPaid: number;
}

export interface ProgressView {
  update(progress: Readonly<Progress>): void;
  /** Writes a line that stays, above what moves. */
  note(line: string): void;
  /** Leaves the last state on the screen. */
  close(): void;
}

const BAR_WIDTH = 28;
const MIN_REDRAW_MS = 80;

interface Row {
  label: string;
  done: number;
  of: number;
}

function rows(progress: Readonly<Progress>, tasks: number, batches: number): Row[] {
  return [
    { label: "batches claimed", done: progress.batchesClaimed, of: batches },
    { label: "tasks done", done: progress.tasksDone, of: tasks },
    { label: "results verified", done: progress.resultsVerified, of: tasks },
    { label: "tasks paid", done: progress.tasksPaid, of: tasks },
  ];
}

function draw({ label, done, of }: Row): string {
  const filled = Math.round((done / of) * BAR_WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  return `  ${label.padEnd(17)}${bar} ${String(done).padStart(String(of).length)}/${of}`;
}

/**
 * Shows progress on `stream`: bars that move in place on a terminal, elsewhere one line each time a row is complete, so
 * that a log file stays readable.
 */
export function createProgressView(
  stream: NodeJS.WriteStream,
  { tasks, batches }: { tasks: number; batches: number },
): ProgressView {
  return stream.isTTY ? movingBars(stream, tasks, batches) : completedRows(stream, tasks, batches);
}

function movingBars(stream: NodeJS.WriteStream, tasks: number, batches: number): ProgressView {
  let last: Readonly<Progress> | undefined;
  let drawnAt = 0;
  let drawnLines = 0;
  const redraw = () => {
    if (last === undefined) return;
    const lines = rows(last, tasks, batches).map(draw);
    const up = drawnLines > 0 ? `\x1b[${drawnLines}A` : "";
    stream.write(up + lines.map((line) => `\x1b[2K${line}\n`).join(""));
    drawnLines = lines.length;
    drawnAt = performance.now();
  };
  return {
    update(progress) {
      last = { ...progress };
      if (performance.now() - drawnAt >= MIN_REDRAW_MS) redraw();
    },
    note(line) {
      // Over the bars, which are drawn again below it.
      const up = drawnLines > 0 ? `\x1b[${drawnLines}A\x1b[J` : "";
      stream.write(`${up}${line}\n`);
      drawnLines = 0;
      redraw();
    },
    close: redraw,
  };
}

function completedRows(stream: NodeJS.WriteStream, tasks: number, batches: number): ProgressView {
  const written = new Set<string>();
  return {
    update(progress) {
      for (const row of rows(progress, tasks, batches)) {
        if (row.done < row.of || written.has(row.label)) continue;
        written.add(row.label);
        stream.write(`${draw(row)}\n`);
      }
    },
    note(line) {
      stream.write(`${line}\n`);
    },
    close() {},
  };
}
