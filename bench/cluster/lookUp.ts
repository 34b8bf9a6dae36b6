/**
 * Loaded before a node (`--import`): names below `.test` are looked up at the server that `BENCH_DNS` names, all others as the system does.
 * So nothing of the machine's own resolver has to be changed.
 */
import dns from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";

const resolver = new dns.Resolver();
resolver.setServers([process.env.BENCH_DNS ?? ""]);
const { lookup } = dns;

async function lookUp(host: string, options: { family?: number; all?: boolean }) {
  if (!host.endsWith(".test")) return lookup(host, options);
  return (await resolver.resolve4(host)).map((address) => ({ address, family: 4 }));
}

dns.lookup = lookUp as typeof lookup;
syncBuiltinESMExports();
