import { AssayError, type WriteReturnType } from "@assay/sdk";
import { BaseError } from "viem";
import type { Report } from "./events.ts";

/** Reports a transaction once it is mined, and passes on its result. */
export async function reported<T extends WriteReturnType>(
  { report }: { report: Report },
  action: string,
  sent: Promise<T>,
): Promise<T> {
  const mined = await sent;
  const { hash, gasUsed, feeWei } = mined;
  report("transaction mined", { action, hash, gasUsed, feeWei });
  return mined;
}

/** An error in one line. */
export function messageOf(error: unknown): string {
  if (error instanceof AssayError) return error.shortMessage;
  if (error instanceof BaseError) return `${error.shortMessage} ${error.details ?? ""}`.trim();
  return error instanceof Error ? error.message : String(error);
}
