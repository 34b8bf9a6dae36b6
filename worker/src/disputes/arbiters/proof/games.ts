import type { DisputeId, GameStage, JobId } from "@assay/sdk";
import type { Party } from "../arbiter.ts";

/** A dispute before a proof arbiter, as a node's status shows it. */
export interface GameStatus {
  id: DisputeId;
  jobId: JobId;
  batch: number;
  party: Party;
  stage: GameStage;
  /** Whether this node has to move. */
  isOurTurn: boolean;
  /** Unix seconds of the chain: when the clock of the party to move runs out. */
  endsAt: number;
  /** What the own clock has left when the other party is to move, or will have had left when ours began; in seconds. */
  ownLeftSeconds: number;
  /** Why a move that is due was not made yet. */
  problem?: string | undefined;
  /** Why this node plays no further: it finds itself in the wrong. */
  givenUp?: string | undefined;
}

/** The games that a node plays, for its status. What is in it follows from the chain. */
export interface Games {
  all(): GameStatus[];
  note(status: Omit<GameStatus, "problem" | "givenUp">): void;
  /** @returns whether that is news. */
  trouble(id: DisputeId, problem: string | undefined): boolean;
  /** @returns whether that is news. */
  giveUp(id: DisputeId, reason: string): boolean;
  over(id: DisputeId): void;
}

export function createGames(): Games {
  const games = new Map<DisputeId, GameStatus>();
  const update = (id: DisputeId, fields: Partial<GameStatus>): boolean => {
    const before = games.get(id);
    if (before === undefined) return false;
    const after = { ...before, ...fields };
    games.set(id, after);
    return before.problem !== after.problem || before.givenUp !== after.givenUp;
  };
  return {
    all: () => [...games.values()],
    note(status) {
      games.set(status.id, { ...games.get(status.id), ...status });
    },
    trouble: (id, problem) => update(id, { problem }),
    giveUp: (id, givenUp) => update(id, { givenUp, problem: undefined }),
    over(id) {
      games.delete(id);
    },
  };
}
