import type { ProofClient, WriteReturnType } from "@assay/sdk";
import type { PartyDispute } from "../arbiter.ts";
import type { Decided } from "./think.ts";

/** Sends what a party has decided to do. The chain refuses what is not its turn: nothing is done twice. */
export function sendMove(
  proof: ProofClient,
  { record, terms }: PartyDispute,
  decided: Exclude<Decided, { type: "concede" }>,
  signal: AbortSignal,
): Promise<WriteReturnType> {
  const { dispute, leaf: result } = record;
  switch (decided.type) {
    case "begin": {
      const { type: _, ...beginning } = decided;
      return proof.begin({ dispute, terms, result, ...beginning, signal });
    }
    case "move": {
      const { posted, index, hashes } = decided;
      return proof.move({ dispute, posted, index, hashes: hashes as typeof posted, signal });
    }
    case "prove": {
      const { type: _, ...proved } = decided;
      return proof.prove({ dispute, ...proved, signal });
    }
    case "proveEnded": {
      const { type: _, ...proved } = decided;
      return proof.proveEnded({ dispute, ...proved, signal });
    }
    case "ask":
      return proof.ask({ dispute, result, chunks: decided.chunks, signal });
    case "show": {
      const { place, witness } = decided;
      return proof.show({ dispute, result, place, witness, signal });
    }
  }
}
