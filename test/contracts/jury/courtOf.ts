import type { Hex } from "viem";
import { beforeAll, beforeEach } from "vitest";
import { type Actor, type Court, type OpenDispute, startCourt } from "./court.ts";

export type Trio = [Actor, Actor, Actor];

/** A court for all tests of a file, which each of them has as new, with so many jurors. @param use - is told the court when it has started. */
export function courtOf(jurors: number, use: (court: Court) => void) {
  let court: Court;
  beforeAll(async () => {
    court = await startCourt();
    use(court);
  });
  beforeEach(async () => {
    await court.reset();
    await court.enrol(jurors);
  });
  return {
    standing: (id: Hex) => court.read.standing([id]),
    panel: (id: Hex, index = 0) => court.read.panel([id, index]),
    ruling: (id: Hex) => court.read.ruling([id]),
    /** A dispute whose first panel is drawn. */
    async drawn(): Promise<OpenDispute & { jurors: Trio }> {
      const opened = await court.open();
      return { ...opened, jurors: (await court.draw(opened)) as Trio };
    },
  };
}
