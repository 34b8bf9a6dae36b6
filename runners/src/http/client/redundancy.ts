import { countVotes } from "../../agree/agree.ts";
import type { TaskEnd } from "../../runner/runner.ts";
import type { GetAnswer, HostAnswer } from "./answer.ts";
import type { HostTask } from "./connection.ts";
import { HostsDisagreeError, HostsUnfitError } from "./errors.ts";
import type { Host } from "./host.ts";

/** Tells of a host that gave other bytes than the majority. */
export type OnDissent = (dissent: { host: string; position: number }) => void;

/**
 * Asks `redundancy` hosts, and believes them if they say the same. If not, more are asked until most of those asked agree; who does not is
 * left out from then on.
 *
 * @throws {@link HostsDisagreeError} {@link HostsUnfitError}
 */
export async function agreedAnswer(
  task: HostTask,
  {
    redundancy,
    position,
    getAnswer,
    onDissent,
    signal: given,
  }: {
    redundancy: number;
    position: number;
    getAnswer: GetAnswer;
    onDissent: OnDissent;
    signal: AbortSignal;
  },
): Promise<TaskEnd> {
  const failed = new AbortController();
  const signal = AbortSignal.any([given, failed.signal]);
  const asked = new Set<Host>();
  const answers: HostAnswer[] = [];
  const askOne = async () => {
    const answer = await getAnswer(task, { except: asked, signal });
    // Two questions at a time may have gone to the same host: the second says nothing new.
    if (answers.some(({ host }) => host === answer.host)) return;
    asked.add(answer.host);
    answers.push(answer);
  };
  try {
    for (;;) {
      const missing = Math.max(1, redundancy - answers.length);
      await Promise.all(Array.from({ length: missing }, askOne));
      if (answers.length < redundancy) continue;
      const { most, end, dissenting } = countVotes(
        answers.map(({ host, end }) => ({ voter: host, end })),
      );
      const isAgreed = dissenting.length === 0 || (most >= 2 && most * 2 > answers.length);
      if (!isAgreed || end === undefined) continue;
      for (const host of dissenting) {
        host.leaveOut("gave other bytes than the others");
        onDissent({ host: host.url, position });
      }
      return end;
    }
  } catch (error) {
    if (error instanceof HostsUnfitError && answers.length >= 2) {
      throw new HostsDisagreeError(
        position,
        answers.map(({ host }) => host.url),
      );
    }
    throw error;
  } finally {
    failed.abort(new Error("the task is over"));
  }
}
