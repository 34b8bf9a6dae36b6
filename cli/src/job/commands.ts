import type { Command } from "@assay/worker/process";
import { jobAuditCommand } from "./audit.ts";
import { jobCancelCommand } from "./cancel.ts";
import { jobExportCommand, jobImportCommand } from "./car.ts";
import { jobListCommand } from "./list.ts";
import { jobPostCommand } from "./post.ts";
import { jobQuoteCommand } from "./quote.ts";
import { jobResultsCommand } from "./results.ts";
import { jobStatusCommand } from "./status.ts";
import { jobWatchCommand } from "./watch.ts";
import { jobWhyCommand } from "./why.ts";

/** `assay job …` */
export const jobCommands: Record<string, Command> = {
  post: jobPostCommand,
  quote: jobQuoteCommand,
  status: jobStatusCommand,
  watch: jobWatchCommand,
  results: jobResultsCommand,
  list: jobListCommand,
  cancel: jobCancelCommand,
  audit: jobAuditCommand,
  why: jobWhyCommand,
  export: jobExportCommand,
  import: jobImportCommand,
};
