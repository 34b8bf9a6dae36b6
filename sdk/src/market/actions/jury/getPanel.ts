import type { Address } from "viem";
import type { DisputeId } from "../../../protocol/dispute/dispute.ts";
import type { ReadParameters } from "../../chain/read.ts";
import type { JuryContext } from "../../context/marketContext.ts";
import { readJury } from "./call.ts";

export interface GetPanelParameters extends ReadParameters {
  id: DisputeId;
  /** 0 the first, 1 its replacement, 2 the appeal, 3 its replacement. */
  panel: number;
}

/** The arrays go by seat; there are no seats before the draw. */
export interface GetPanelReturnType {
  /** Unix seconds; 0 before the draw. */
  commitEndsAt: number;
  revealEndsAt: number;
  jurors: readonly Address[];
  committed: readonly boolean[];
  /** `Ruling`s; 0 for what is not revealed. */
  verdicts: readonly number[];
}

/** viem's own errors when the node is unreachable. */
export type GetPanelErrorType = Error;

/** One panel of a dispute, by seat. Addresses are to be relied on until the dispute is settled. */
export async function getPanel(
  client: JuryContext,
  { id, panel, ...options }: GetPanelParameters,
): Promise<GetPanelReturnType> {
  return readJury(client, "panel", [id, panel], options);
}
