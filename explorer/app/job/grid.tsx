import type { BatchState } from "@assay/sdk";
import { useEffect, useRef, useState } from "preact/hooks";
import { KIND_NAMES, Shape } from "../parts/shapes.tsx";
import { batchPath } from "../route/route.ts";

/** Side of a cell with its gap, in pixels; main.css has the same. */
const CELL = 28;
/** Rows drawn above and below what is seen. */
const BEYOND = 4;

/**
 * The batches of a job as cells by state. Only rows that are in sight are drawn. One cell is in the order of the Tab key; arrows, Home, End,
 * Page Up and Page Down move it.
 */
export function BatchGrid({ jobId, batches }: { jobId: string; batches: readonly BatchState[] }) {
  const frame = useRef<HTMLElement>(null);
  const [{ columns, height }, setSize] = useState({ columns: 0, height: 0 });
  const [top, setTop] = useState(0);
  const [current, setCurrent] = useState(0);
  const wantsFocus = useRef(false);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = () => {
      const columns = Math.max(1, Math.floor(element.clientWidth / CELL));
      setSize({ columns, height: element.clientHeight });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    frame.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  });

  function go(to: number): void {
    const next = Math.max(0, Math.min(batches.length - 1, to));
    const y = Math.floor(next / columns) * CELL;
    const element = frame.current;
    if (element !== null) {
      if (y < element.scrollTop) element.scrollTop = y;
      else if (y + CELL > element.scrollTop + height) element.scrollTop = y + CELL - height;
      setTop(element.scrollTop);
    }
    wantsFocus.current = true;
    setCurrent(next);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(height / CELL)) * columns;
    const steps: Record<string, number> = {
      ...{ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns },
      ...{ PageUp: -page, PageDown: page, Home: -batches.length, End: batches.length },
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    go(current + step);
  }

  const onScroll = (event: { currentTarget: HTMLElement }) => setTop(event.currentTarget.scrollTop);
  const rows = columns === 0 ? 0 : Math.ceil(batches.length / columns);
  const first = Math.max(0, Math.floor(top / CELL) - BEYOND);
  const last = Math.min(rows, Math.ceil((top + height) / CELL) + BEYOND);
  return (
    <nav
      ref={frame}
      class="grid"
      aria-label="Batches by state"
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <div class="all" style={{ height: `${rows * CELL}px` }}>
        {Array.from({ length: last - first }, (_, index) => {
          const row = first + index;
          const cells = batches.slice(row * columns, (row + 1) * columns);
          return (
            <div key={row} class="row" style={{ transform: `translateY(${row * CELL}px)` }}>
              {cells.map(({ batch, status }) => (
                <a
                  key={batch}
                  href={batchPath(jobId, batch)}
                  tabIndex={batch === current ? 0 : -1}
                  aria-label={`Batch ${batch}: ${KIND_NAMES[status]}`}
                  title={`Batch ${batch}: ${KIND_NAMES[status]}`}
                  onFocus={() => setCurrent(batch)}
                >
                  <Shape kind={status} />
                </a>
              ))}
            </div>
          );
        })}
      </div>
    </nav>
  );
}
