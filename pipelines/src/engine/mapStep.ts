import type { StepDefinition } from "../define/step.ts";
import type { OpenRunner } from "./feed.ts";
import { epochOf, gap, ITEM, item, LAST, type Message } from "./message.ts";
import { type RunContext, StepRun } from "./stepRun.ts";
import { NOT_KNOWN, type TaskEnd, Tasks } from "./tasks.ts";

/** A program, a map or a filter: one answer for one item. */
export class MapStep extends StepRun {
  readonly #tasks: Tasks;

  constructor(
    run: RunContext,
    definition: StepDefinition,
    index: number,
    runner: OpenRunner | undefined,
  ) {
    super(run, definition, index);
    this.#tasks = new Tasks(this, runner);
  }

  protected override canTake(): boolean {
    return this.hasRoomBehind && this.#tasks.hasRoom;
  }

  protected override take(message: Message): void {
    if (message.kind !== ITEM) {
      if (message.count < 0) this.dry.isOpen = true;
      this.emit(message);
      return;
    }
    const { path, content } = message;
    const epoch = epochOf(path);
    this.enter(epoch);
    this.#tasks.start({
      path,
      inputs: [content],
      settle: (end) => {
        this.emit(this.#answer(message, end));
        this.leave(epoch);
      },
    });
  }

  #answer(message: Message, end: TaskEnd): Message {
    if (end === NOT_KNOWN) return item(message.path, undefined);
    if (end === undefined || end.outcome === "gap") return gap(message.path);
    return this.definition.kind === "filter" ? message : item(message.path, end.contents[0]);
  }

  protected override allCame(epoch: number): void {
    if (epoch === LAST) this.#tasks.end();
  }
}
