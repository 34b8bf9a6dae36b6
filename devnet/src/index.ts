export { LocalnetError } from "./errors.ts";
export {
  FIRST_WORKER,
  POLLING_INTERVAL_MS,
  REQUESTER,
  startLocalnet,
  workerPlans,
} from "./network.ts";
export { type LocalRunReport, runOnLocalnet } from "./run.ts";
export {
  type LocalnetEnvironment,
  type ServeLocalnetOptions,
  serveLocalnet,
} from "./serveLocalnet.ts";
export { formatCount, formatTable, shortHex } from "./table.ts";
export { createConsoleView, formatReport } from "./view.ts";
