/** `@assay/explorer`: the pages of a marketplace and of a node, and the server that gives them. */
export type { PageContent } from "./server/blocks.ts";
export { type NetworkView, networkOf } from "./server/network.ts";
export type { EventSource } from "./server/sendEvents.ts";
export {
  type PagesServer,
  type ServePagesOptions,
  type SiteConfig,
  servePages,
} from "./server/servePages.ts";
export { readSite, writeSite } from "./site/site.ts";
