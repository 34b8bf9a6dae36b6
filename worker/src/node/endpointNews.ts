import type { EndpointNews } from "../chain/rpc/endpoint.ts";
import type { Report } from "../kernel/events.ts";

/** Tells of RPC endpoints as the node does of everything. */
export function reportEndpoint(report: Report, { type, ...fields }: EndpointNews): void {
  // The type chooses the fields; TypeScript does not connect them across the name.
  report(`endpoint ${type}`, fields as never);
}
