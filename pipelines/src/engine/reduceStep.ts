import type { StepDefinition } from "../define/step.ts";
import type { Content } from "../store/content.ts";
import type { OpenRunner } from "./feed.ts";
import { CLOSE, close, epochOf, GAP, gap, item, LAST, type Message, type Path } from "./message.ts";
import { type RunContext, StepRun } from "./stepRun.ts";
import { NOT_KNOWN, type TaskEnd, Tasks } from "./tasks.ts";
import { type Leaf, Tree } from "./tree.ts";

/** Combinations that wait for their turn, above which nothing more is taken. */
const MOST_WAITING = 512;

interface Combination {
  prefix: Path;
  tree: Tree;
  level: number;
  place: number;
  values: (Content | undefined)[];
}

export interface ReduceParameters {
  runner: OpenRunner | undefined;
  /** Length of the paths that it gives: 1 for one an epoch. */
  depth: number;
}

/** A fan-in: a tree for all that lies below one path, and for each path below that where there are several fan-outs. */
export class ReduceStep extends StepRun {
  readonly #tasks: Tasks;
  readonly #depth: number;
  readonly #trees = new Map<string, Tree>();
  #waiting: Combination[] = [];

  constructor(
    run: RunContext,
    definition: StepDefinition,
    index: number,
    { runner, depth }: ReduceParameters,
  ) {
    super(run, definition, index);
    this.#tasks = new Tasks(this, runner);
    this.#depth = depth;
  }

  protected override canTake(): boolean {
    return this.hasRoomBehind && this.#waiting.length < MOST_WAITING;
  }

  protected override take(message: Message): void {
    const { kind, path, content, count } = message;
    if (kind !== CLOSE) {
      const leaf: Leaf =
        kind === GAP ? "nothing" : { content: content && this.run.store.parked(content) };
      this.#put(path, leaf);
    } else if (path.length < this.#depth) {
      this.emit(close(path, count));
    } else if (count < 0) {
      this.dry.isOpen = true;
      this.#tree(path);
      this.#resolve(path, { content: undefined });
    } else {
      this.#tree(path).close(count);
    }
  }

  #put(path: Path, leaf: Leaf): void {
    this.#tree(path.slice(0, -1)).put(0, path.at(-1) ?? 0, leaf);
  }

  #tree(prefix: Path): Tree {
    const key = prefix.join();
    const known = this.#trees.get(key);
    if (known !== undefined) return known;
    const tree: Tree = new Tree({
      arity: this.definition.arity,
      combine: (level, place, values) => this.#combine({ prefix, tree, level, place, values }),
      onRoot: (root) => this.#resolve(prefix, root),
    });
    this.#trees.set(key, tree);
    this.enter(epochOf(prefix));
    return tree;
  }

  #combine(combination: Combination): void {
    this.#waiting.push(combination);
    this.run.wake(this);
  }

  #resolve(prefix: Path, root: Leaf): void {
    this.#trees.delete(prefix.join());
    if (prefix.length > this.#depth) this.#put(prefix, root);
    else this.emit(root === "nothing" ? gap(prefix) : item(prefix, root.content));
    this.leave(epochOf(prefix));
  }

  protected override work(): void {
    let started = 0;
    while (started < this.#waiting.length && this.#tasks.hasRoom) {
      const { prefix, tree, level, place, values } = this.#waiting[started++] as Combination;
      this.#tasks.start({
        path: prefix,
        inputs: values,
        settle: (end) => tree.put(level, place, this.#leaf(end)),
      });
    }
    this.#waiting = this.#waiting.slice(started);
  }

  #leaf(end: TaskEnd): Leaf {
    if (end === NOT_KNOWN) return { content: undefined };
    const [content] = end?.contents ?? [];
    return content === undefined ? "nothing" : { content: this.run.store.parked(content) };
  }

  protected override epochEnded(epoch: number): void {
    if (epoch === LAST) this.#tasks.end();
  }
}
