import type { Program } from "./program.ts";
import type { Assignment } from "./slot.ts";

/** Assumed duration of a task of a program that was never run, in milliseconds. */
const UNKNOWN_MS = 250;
/** Share of the newest task in the running mean of a program's time. */
const MEAN_WEIGHT = 0.2;

/**
 * Tasks that wait, shared out between programs by the time that they take and not by their number: start-time fair queueing
 * (Goyal, Vin and Cheng, 1996). Each program has a virtual clock that its tasks advance, and next comes the program whose
 * next task would end first by it. So one that keeps processes busy for seconds waits for the others, and many tasks of
 * one do not keep another's from being run.
 */
export interface FairQueue {
  readonly length: number;
  add(assignment: Assignment): void;
  remove(assignment: Assignment): void;
  /** The task whose turn it is. */
  peek(): Assignment | undefined;
  /** Takes that one, and those of its program behind it for as long as `accept` says yes. */
  take(accept: (assignment: Assignment) => boolean): Assignment[];
  takeAll(): Assignment[];
  /** Puts back, before the others of their programs, what was taken and not run. */
  putBack(assignments: readonly Assignment[]): void;
  /** Notes how long a task that was taken took. */
  finished(assignment: Assignment, ms: number): void;
  /** Notes that a task which goes back took so long already without an end. */
  overran(assignment: Assignment, ms: number): void;
  /** Whether tasks of another program wait. */
  hasOthers(program: Program): boolean;
  /** Running mean of a program's time for a task in milliseconds, once there is one. */
  meanMs(program: Program): number | undefined;
}

interface Account {
  waiting: Assignment[];
  /** By the virtual clock, when everything that was taken ends. */
  endsAt: number;
  meanMs: number | undefined;
}

export function createFairQueue(): FairQueue {
  const accounts = new WeakMap<Program, Account>();
  /** Those with tasks that wait, the longest first. */
  const active = new Map<Program, Account>();
  /** What each task that was taken is counted as, in milliseconds, until it is known. */
  const charged = new WeakMap<Assignment, number>();
  let clock = 0;
  let length = 0;

  function accountOf(program: Program): Account {
    let account = accounts.get(program);
    if (account === undefined) {
      account = { waiting: [], endsAt: 0, meanMs: undefined };
      accounts.set(program, account);
    }
    return account;
  }

  const estimate = ({ meanMs = UNKNOWN_MS }: Account) => meanMs;

  function nextProgram(): Program | undefined {
    let next: Program | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const [program, account] of active) {
      const end = account.endsAt + estimate(account);
      if (end < least) [next, least] = [program, end];
    }
    return next;
  }

  function removeFirst(program: Program, account: Account, count: number): Assignment[] {
    length -= count;
    const removed = account.waiting.splice(0, count);
    if (account.waiting.length === 0) active.delete(program);
    return removed;
  }

  return {
    get length() {
      return length;
    },
    add(assignment) {
      const account = accountOf(assignment.program);
      // Time in which it had no tasks is not saved up.
      if (!active.has(assignment.program)) account.endsAt = Math.max(clock, account.endsAt);
      account.waiting.push(assignment);
      active.set(assignment.program, account);
      length++;
    },
    remove(assignment) {
      const { program } = assignment;
      const { waiting } = accountOf(program);
      const index = waiting.indexOf(assignment);
      if (index < 0) return;
      waiting.splice(index, 1);
      length--;
      if (waiting.length === 0) active.delete(program);
    },
    peek() {
      const program = nextProgram();
      return program === undefined ? undefined : active.get(program)?.waiting[0];
    },
    take(accept) {
      const program = nextProgram();
      if (program === undefined) return [];
      const account = accountOf(program);
      const refused = account.waiting.findIndex((assignment, i) => i > 0 && !accept(assignment));
      const taken = removeFirst(program, account, refused < 0 ? account.waiting.length : refused);
      clock = Math.max(clock, account.endsAt);
      account.endsAt += taken.length * estimate(account);
      for (const assignment of taken) charged.set(assignment, estimate(account));
      return taken;
    },
    takeAll() {
      const all = [...active].flatMap(([program, account]) =>
        removeFirst(program, account, account.waiting.length),
      );
      return all;
    },
    putBack(assignments) {
      for (const assignment of assignments.toReversed()) {
        const account = accountOf(assignment.program);
        account.endsAt -= charged.get(assignment) ?? 0;
        account.waiting.unshift(assignment);
        active.set(assignment.program, account);
        length++;
      }
    },
    finished(assignment, ms) {
      const account = accountOf(assignment.program);
      account.endsAt += ms - (charged.get(assignment) ?? 0);
      const mean = account.meanMs ?? ms;
      account.meanMs = mean + MEAN_WEIGHT * (ms - mean);
    },
    overran(assignment, ms) {
      const account = accountOf(assignment.program);
      account.endsAt += ms;
      account.meanMs = Math.max(account.meanMs ?? 0, ms);
    },
    hasOthers: (program) => active.size > (active.has(program) ? 1 : 0),
    meanMs: (program) => accountOf(program).meanMs,
  };
}
