/** `@assay/runners/http`: machines of one's own. */
export { BALANCES, type Balance } from "./client/balance.ts";
export {
  HostFailedError,
  HostsDisagreeError,
  HostsUnfitError,
  type UnfitHost,
} from "./client/errors.ts";
export type { HostState } from "./client/host.ts";
export { type HttpRunner, type HttpRunnerOptions, httpRunner } from "./client/httpRunner.ts";
export type { OnDissent } from "./client/redundancy.ts";
export type { TlsFiles } from "./server/listen.ts";
export { type RunnerHost, type ServeRunnerOptions, serveRunner } from "./server/serve.ts";
