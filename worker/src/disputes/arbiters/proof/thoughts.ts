import type { DisputeId } from "@assay/sdk";
import { createRetries } from "../../../concurrency/retries.ts";

const RETRY = { firstMs: 1_000, longestMs: 60_000, jitter: 0 };

/** What a node thinks about before it moves: that takes up to minutes, in which other disputes must not wait. */
export interface Thoughts<Answer> {
  /**
   * The answer about where a dispute stands, once it is found; begins to look for it unless that is under way.
   * @param standing - names where it stands: an answer about another standing is forgotten.
   */
  about(
    id: DisputeId,
    standing: string,
    think: (signal: AbortSignal) => Promise<Answer>,
    stop: AbortSignal,
  ): Answer | undefined;
  forget(id: DisputeId): void;
}

interface Thought<Answer> {
  standing: string;
  giveUp: AbortController;
  answer?: Answer;
  isOver: boolean;
}

/**
 * @param onAnswer - called when there is something new: an answer, or time for another try.
 * @param onTrouble - hears why there was no answer.
 */
export function createThoughts<Answer>({
  onAnswer,
  onTrouble,
}: {
  onAnswer: () => void;
  onTrouble: (id: DisputeId, error: unknown, retryInMs: number) => void;
}): Thoughts<Answer> {
  const thoughts = new Map<DisputeId, Thought<Answer>>();
  const retries = createRetries<DisputeId>(RETRY);

  async function begin(
    id: DisputeId,
    thought: Thought<Answer>,
    think: (signal: AbortSignal) => Promise<Answer>,
    stop: AbortSignal,
  ): Promise<void> {
    try {
      thought.answer = await think(AbortSignal.any([stop, thought.giveUp.signal]));
      retries.succeeded(id);
      onAnswer();
    } catch (error) {
      if (stop.aborted || thought.giveUp.signal.aborted) return;
      thoughts.delete(id);
      const retryInMs = retries.failed(id, onAnswer);
      onTrouble(id, error, retryInMs);
    } finally {
      thought.isOver = true;
    }
  }

  function forget(id: DisputeId): void {
    const known = thoughts.get(id);
    if (known?.isOver === false) known.giveUp.abort(new Error("the dispute has moved on"));
    thoughts.delete(id);
  }

  return {
    about(id, standing, think, stop) {
      const known = thoughts.get(id);
      if (known?.standing === standing) return known.answer;
      forget(id);
      if (!retries.isDue(id)) return undefined;
      const thought: Thought<Answer> = { standing, giveUp: new AbortController(), isOver: false };
      thoughts.set(id, thought);
      void begin(id, thought, think, stop);
      return undefined;
    },
    forget,
  };
}
