import { cidOf } from "@assay/sdk/protocol";
import type { TaskEnd } from "../runner/runner.ts";

/** What somebody says of a task: two say the same if outcome and bytes are the same. */
export interface Vote<Voter> {
  voter: Voter;
  end: TaskEnd;
}

/** Who said what, and what the most of them said. */
export interface Count<Voter> {
  /** Votes for the most frequent end. */
  most: number;
  end: TaskEnd | undefined;
  agreeing: Voter[];
  dissenting: Voter[];
}

/** The name of an end: outcome and the CID of the bytes. */
export function nameOf(end: TaskEnd): string {
  return "bytes" in end ? `${end.outcome} ${cidOf(end.bytes)}` : end.outcome;
}

export function countVotes<Voter>(votes: readonly Vote<Voter>[]): Count<Voter> {
  const named = votes.map((vote) => ({ ...vote, name: nameOf(vote.end) }));
  const groups = Map.groupBy(named, ({ name }) => name);
  const [first] = [...groups.values()].toSorted((a, b) => b.length - a.length);
  const [winner] = first ?? [];
  return {
    most: first?.length ?? 0,
    end: winner?.end,
    agreeing: (first ?? []).map(({ voter }) => voter),
    dissenting: named.filter(({ name }) => name !== winner?.name).map(({ voter }) => voter),
  };
}
