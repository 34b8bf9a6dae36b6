import { JoinUnmatchedError } from "../define/errors.ts";
import type { StepDefinition } from "../define/step.ts";
import type { Content } from "../store/content.ts";
import { CLOSE, epochOf, GAP, gap, item, LAST, type Message, type Path } from "./message.ts";
import { type RunContext, StepRun } from "./stepRun.ts";
import { NOT_KNOWN, type TaskEnd, Tasks } from "./tasks.ts";

/** Joined items that wait for their turn, above which nothing more is taken. */
const MOST_WAITING = 512;

/** What has come for one path. */
interface Entry {
  path: Path;
  inputs: (Content | undefined)[];
  /** By edge. */
  has: boolean[];
  missing: number;
  isGap: boolean;
}

/** What has come by an edge whose paths are shorter, and who waits for it; both by path. */
interface Above {
  known: Map<string, Message>;
  waiting: Map<string, Entry[]>;
}

interface Epoch {
  entries: Map<string, Entry>;
  above: Above[];
}

/** Pairs items by path. What waits for its others are digests: bytes are in the store. */
export class JoinStep extends StepRun {
  readonly #tasks: Tasks;
  readonly #depths: readonly number[];
  readonly #deepest: number;
  /** The edge that says how many paths there are. */
  readonly #leading: number;
  readonly #epochs = new Map<number, Epoch>();
  #complete: Entry[] = [];

  /** @param depths - length of the paths that come, by edge. */
  constructor(
    run: RunContext,
    definition: StepDefinition,
    index: number,
    depths: readonly number[],
  ) {
    super(run, definition, index);
    this.#tasks = new Tasks(this, undefined);
    this.#depths = depths;
    this.#deepest = Math.max(...depths);
    this.#leading = depths.indexOf(this.#deepest);
  }

  protected override canTake(): boolean {
    return this.hasRoomBehind && this.#complete.length < MOST_WAITING;
  }

  protected override take(message: Message, side: number): void {
    const { kind, path, count } = message;
    if (kind === CLOSE) {
      if (count < 0) this.dry.isOpen = true;
      if (side === this.#leading) this.emit(message);
      return;
    }
    const epoch = this.#epoch(epochOf(path));
    if (this.#depths[side] === this.#deepest) {
      this.#fill(this.#entry(epoch, path), side, message);
      return;
    }
    const key = path.join();
    const { known, waiting } = epoch.above[side] as Above;
    known.set(key, this.#parked(message));
    for (const entry of waiting.get(key) ?? []) this.#fill(entry, side, message);
    waiting.delete(key);
  }

  #epoch(number: number): Epoch {
    let epoch = this.#epochs.get(number);
    if (epoch === undefined) {
      epoch = {
        entries: new Map(),
        above: this.#depths.map(() => ({ known: new Map(), waiting: new Map() })),
      };
      this.#epochs.set(number, epoch);
    }
    return epoch;
  }

  #entry({ entries, above }: Epoch, path: Path): Entry {
    const key = path.join();
    const known = entries.get(key);
    if (known !== undefined) return known;
    const missing = this.#depths.length;
    const entry: Entry = { path, inputs: [], has: [], missing, isGap: false };
    entries.set(key, entry);
    this.enter(epochOf(path));
    for (const [side, depth] of this.#depths.entries()) {
      if (depth === this.#deepest) continue;
      const prefix = path.slice(0, depth).join();
      const { known, waiting } = above[side] as Above;
      const message = known.get(prefix);
      if (message !== undefined) this.#fill(entry, side, message);
      else if (!waiting.get(prefix)?.push(entry)) waiting.set(prefix, [entry]);
    }
    return entry;
  }

  #fill(entry: Entry, side: number, message: Message): void {
    entry.inputs[side] = this.#parked(message).content;
    entry.has[side] = true;
    entry.isGap ||= message.kind === GAP;
    if (--entry.missing > 0) return;
    this.#epochs.get(epochOf(entry.path))?.entries.delete(entry.path.join());
    if (entry.isGap) this.#answer(entry, undefined);
    else {
      this.#complete.push(entry);
      this.run.wake(this);
    }
  }

  #parked(message: Message): Message {
    const { content } = message;
    return content === undefined
      ? message
      : { ...message, content: this.run.store.parked(content) };
  }

  protected override work(): void {
    let started = 0;
    while (started < this.#complete.length && this.#tasks.hasRoom && this.hasRoomBehind) {
      const entry = this.#complete[started++] as Entry;
      const { path, inputs } = entry;
      this.#tasks.start({ path, inputs, settle: (end) => this.#answer(entry, end) });
    }
    this.#complete = this.#complete.slice(started);
  }

  #answer({ path }: Entry, end: TaskEnd): void {
    if (end === NOT_KNOWN) this.emit(item(path, undefined));
    else if (end === undefined) this.emit(gap(path));
    else this.emit(item(path, end.contents[0]));
    this.leave(epochOf(path));
  }

  protected override allCame(epoch: number): void {
    if (epoch === LAST) return;
    for (const entry of this.#epochs.get(epoch)?.entries.values() ?? []) {
      if (this.run.isDry) {
        this.#answer(entry, NOT_KNOWN);
        continue;
      }
      const missing = this.definition.from.filter((_, side) => !entry.has[side]);
      this.run.fail(new JoinUnmatchedError(this.definition.name, entry.path, missing));
      return;
    }
  }

  protected override epochEnded(epoch: number): void {
    this.#epochs.delete(epoch);
  }
}
