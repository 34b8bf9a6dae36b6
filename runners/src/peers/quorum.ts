import { countVotes, type Vote } from "../agree/agree.ts";
import type { TaskEnd } from "../runner/runner.ts";
import { NoQuorumError, PeerFailedError, TooFewPeersError } from "./errors.ts";
import type { PeerLink, PeerTask } from "./peerLink.ts";

export interface QuorumParts {
  /** Peers that a task is put to at first. */
  redundancy: number;
  /** Share of those asked that has to give the same leaf. */
  quorum: number;
  links: () => readonly PeerLink[];
  onDissent: (dissent: { peerId: string; position: number }) => void;
}

/**
 * Puts a task to peers until enough of those asked say the same. Who says otherwise, even afterwards, is left out from then on.
 *
 * @throws {@link TooFewPeersError} {@link NoQuorumError}, and the signal's own reason.
 */
export async function quorumOf(
  task: PeerTask,
  { position, signal }: { position: number; signal: AbortSignal },
  { redundancy, quorum, links, onDissent }: QuorumParts,
): Promise<TaskEnd> {
  const asked = new Set<PeerLink>();
  const votes: Vote<PeerLink>[] = [];
  let wanted = redundancy;
  let underWay = 0;
  let accepted: TaskEnd | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<TaskEnd>();

  function blame(): void {
    for (const link of countVotes(votes).dissenting) {
      if (link.problem !== undefined) continue;
      link.leaveOut("gave another result than the quorum");
      onDissent({ peerId: link.peerId, position });
    }
  }

  function count(): void {
    const { most, end } = countVotes(votes);
    if (accepted !== undefined) blame();
    else if (end !== undefined && most >= Math.ceil(quorum * wanted)) {
      accepted = end;
      blame();
      resolve(end);
    } else if (votes.length >= wanted) {
      wanted++;
      askMore();
    }
  }

  function askMore(): void {
    while (votes.length + underWay < wanted) {
      const able = links().filter((link) => link.problem === undefined && !asked.has(link));
      const [first] = able;
      if (first === undefined) {
        if (underWay === 0) reject(failure());
        return;
      }
      const link = able.reduce((best, one) => (one.underWay < best.underWay ? one : best), first);
      asked.add(link);
      underWay++;
      link.run(task, signal).then(
        (end) => {
          underWay--;
          votes.push({ voter: link, end });
          count();
        },
        (error) => {
          underWay--;
          if (!(error instanceof PeerFailedError)) reject(error);
          else if (accepted === undefined) askMore();
        },
      );
    }
  }

  function failure(): Error {
    const { most } = countVotes(votes);
    if (votes.length >= redundancy) {
      return new NoQuorumError(
        position,
        most,
        votes.map(({ voter }) => voter.peerId),
      );
    }
    const problems = links().flatMap(({ peerId, problem }) =>
      problem === undefined ? [] : [`${peerId} ${problem}`],
    );
    return new TooFewPeersError(redundancy, problems);
  }

  askMore();
  return promise;
}
