import { shownDuration } from "../format/time.ts";
import { useHead } from "../market/head.ts";
import { Note } from "../parts/notes.tsx";
import { Moment } from "../parts/values.tsx";
import type { Arbitration } from "./arbitration.ts";

const STAGES: Readonly<Record<string, string>> = {
  drawing: "Jurors are being drawn",
  committing: "Jurors commit to their verdicts",
  revealing: "Jurors reveal their verdicts",
  stalled: "The panel did not decide: another is drawn",
  appealable: "The ruling can be appealed",
  final: "The ruling is final, and waits to be carried out",
};

/** Who has to do something, and how long it may take. */
export function Clocks({ arbitration }: { arbitration: Arbitration }) {
  const { now } = useHead();
  if (arbitration.by === "jury") {
    const { stage, endsAt } = arbitration.standing;
    const said = STAGES[stage];
    if (said === undefined) return null;
    return (
      <Note>
        {said}
        {endsAt > 0 && (
          <>
            , until <Moment at={endsAt} />
          </>
        )}
        .
      </Note>
    );
  }
  if (arbitration.by !== "proof") return null;
  const { stage, isChallengersTurn, workerLeft, challengerLeft, since } = arbitration.game;
  if (stage === "none" || stage === "over") return null;
  const left = (isChallengersTurn ? challengerLeft : workerLeft) - (now - since);
  const who = isChallengersTurn ? "the challenger" : "the worker";
  return (
    <Note>
      It is {who}'s turn: {left > 0 ? `${shownDuration(left)} are left` : "its time is up"}. The
      other has {shownDuration(isChallengersTurn ? workerLeft : challengerLeft)}.
    </Note>
  );
}
