import type { Header } from "../core/state.ts";
import type { Page, Pages } from "../merkle/pagedTree.ts";
import type { Own } from "../task/own.ts";

/** All of a state, to go back to. Pages that did not change in between are shared by several. */
export interface Snapshot {
  steps: number;
  header: Header;
  own: Own;
  stack: Pages;
  memory: Pages;
  globals: Pages;
}

/** Snapshots of one execution, within a budget of bytes. */
export interface Snapshots {
  has(steps: number): boolean;
  /** The last one that is not behind a step. */
  before(steps: number): Snapshot | undefined;
  /** Keeps one, and drops others if they are too many. The one of the first state stays in any case. */
  keep(snapshot: Snapshot): void;
  /** Those between these steps are dropped last. */
  prefer(from: number, to: number): void;
  readonly count: number;
}

/** A list of pages has so many bytes an entry, whatever they are. */
const ENTRY_BYTES = 8;

export function createSnapshots({ maxBytes }: { maxBytes: number }): Snapshots {
  /** By steps. */
  const kept: Snapshot[] = [];
  let bytes = 0;
  let preferred = { from: 0, to: Number.POSITIVE_INFINITY };

  const partsOf = ({ stack, memory, globals }: Snapshot) => [stack, memory, globals];

  function change(snapshot: Snapshot, by: 1 | -1): void {
    for (const pages of partsOf(snapshot)) {
      bytes += by * ENTRY_BYTES * pages.length;
      for (const page of pages) if (page !== undefined) bytes += by * share(page, by);
    }
  }

  /** The place of the first one behind a step. */
  function placeBehind(steps: number): number {
    const place = kept.findIndex((snapshot) => snapshot.steps > steps);
    return place === -1 ? kept.length : place;
  }

  /** The one without which the fewest steps more have to be repeated. */
  function leastUseful(): number {
    let best = { place: -1, isPreferred: true, gap: Number.POSITIVE_INFINITY };
    for (let place = 1; place < kept.length; place++) {
      const { steps } = kept[place] as Snapshot;
      const isPreferred = steps >= preferred.from && steps <= preferred.to;
      const gap = (kept[place + 1]?.steps ?? steps) - (kept[place - 1] as Snapshot).steps;
      const isLess = isPreferred === best.isPreferred ? gap < best.gap : !isPreferred;
      if (isLess) best = { place, isPreferred, gap };
    }
    return best.place;
  }

  return {
    get count() {
      return kept.length;
    },
    has: (steps) => kept[placeBehind(steps) - 1]?.steps === steps,
    before: (steps) => kept[placeBehind(steps) - 1],
    keep(snapshot) {
      kept.splice(placeBehind(snapshot.steps), 0, snapshot);
      change(snapshot, 1);
      while (bytes > maxBytes && kept.length > 1) {
        const [dropped] = kept.splice(leastUseful(), 1);
        change(dropped as Snapshot, -1);
      }
    },
    prefer(from, to) {
      preferred = { from, to };
    },
  };
}

/** Bytes that are taken or freed when one snapshot more or less has a page. */
function share(page: Page, by: 1 | -1): number {
  const isOnly = by === 1 ? page.owners === 0 : page.owners === 1;
  page.owners += by;
  return isOnly ? page.nodes.length + page.stale.length : 0;
}
