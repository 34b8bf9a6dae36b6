import type { Content } from "../../protocol/content/content.ts";
import { ContentRequiredError } from "../errors/market.ts";
import type { MarketContext } from "./marketContext.ts";

/** @throws {@link ContentRequiredError} that names the action. */
export function requireContent({ content }: MarketContext, action: string): Content {
  if (content === undefined) throw new ContentRequiredError(action);
  return content;
}
