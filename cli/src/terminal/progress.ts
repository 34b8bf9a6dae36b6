import { clearLine, cursorTo } from "node:readline";

/** How often a bar is drawn at most, in milliseconds. */
const DRAW_MS = 100;
/** Columns of the bar itself. */
const BAR = 24;
/** Where there is no terminal, a line for each such share of the whole… */
const LINE_SHARE = 0.1;
/** …and for each such time, in milliseconds, where the whole is not known. */
const LINE_MS = 10_000;

/** A stream that may be a terminal. */
export type ProgressStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export interface Progress {
  /**
   * Says how much is done.
   * @param note - what is under way, a few words. Where there is no terminal each new note is a line, so let them be few.
   */
  update(done: number, note?: string): void;
  /** Ends the bar's line. Nothing is drawn after that. */
  end(): void;
}

/**
 * Shows how far something is: a bar that is drawn again and again on a terminal, lines elsewhere.
 * @param total - when everything is done; `undefined` where nobody knows, then the bar is a count.
 */
export function createProgress(
  stream: ProgressStream,
  total: number | undefined,
  label: string,
): Progress {
  const isDrawn = stream.isTTY === true && process.env.TERM !== "dumb";
  return isDrawn ? bar(stream, total, label) : lines(stream, total, label);
}

function bar(stream: ProgressStream, total: number | undefined, label: string): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let pending: string | undefined;
  let isEnded = false;
  const draw = (text: string) => {
    cursorTo(stream, 0);
    // A line that wraps could not be drawn over. Some terminals say that they have no columns.
    stream.write(text.slice(0, Math.max(1, (stream.columns || 80) - 1)));
    clearLine(stream, 1);
    drawnAt = performance.now();
    pending = undefined;
  };
  return {
    update(done, note = "") {
      if (isEnded) return;
      const text = `${label} ${drawing(done, total)} ${note}`.trimEnd();
      const isLast = total !== undefined && done >= total;
      if (!isLast && performance.now() - drawnAt < DRAW_MS) pending = text;
      else draw(text);
    },
    end() {
      if (isEnded) return;
      isEnded = true;
      if (pending !== undefined) draw(pending);
      if (drawnAt > Number.NEGATIVE_INFINITY) stream.write("\n");
    },
  };
}

function drawing(done: number, total: number | undefined): string {
  if (total === undefined) return String(done);
  const full = Math.round(BAR * shareOf(done, total));
  return `${"█".repeat(full)}${"░".repeat(BAR - full)} ${done}/${total}`;
}

function lines(stream: ProgressStream, total: number | undefined, label: string): Progress {
  let written: { step: number; note: string } | undefined;
  let isEnded = false;
  return {
    update(done, note = "") {
      const step =
        total === undefined
          ? Math.floor(performance.now() / LINE_MS)
          : Math.floor(shareOf(done, total) / LINE_SHARE + Number.EPSILON);
      if (isEnded || (written?.step === step && written.note === note)) return;
      written = { step, note };
      const of = total === undefined ? "" : ` of ${total}`;
      stream.write(`${label}: ${done}${of}${note === "" ? "" : `, ${note}`}\n`);
    },
    end() {
      isEnded = true;
    },
  };
}

/** From 0 to 1, whatever is said to be done. */
function shareOf(done: number, total: number): number {
  return total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
}
