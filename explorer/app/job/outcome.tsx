import type { Outcome } from "@assay/sdk";
import { State } from "../parts/shapes.tsx";

const SAID: Readonly<Record<Outcome, string>> = {
  ok: "OK",
  trap: "The program failed",
  "over-limit": "Over a limit",
};

export function OutcomeState({ outcome }: { outcome: Outcome }) {
  return <State kind={outcome === "ok" ? "ok" : "void"}>{SAID[outcome]}</State>;
}
