import type { EndpointNews } from "../chain/rpc/endpoint.ts";
import type { Report } from "../kernel/events.ts";

/** Reports changes of RPC endpoints as events of the node. */
export function reportEndpoint(report: Report, { type, ...fields }: EndpointNews): void {
  // The type chooses the fields; TypeScript does not connect them across the name.
  report(`endpoint ${type}`, fields as never);
}
