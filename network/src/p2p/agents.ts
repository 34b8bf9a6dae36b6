import { readFileSync } from "node:fs";
import type { Libp2p } from "@libp2p/interface";

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };

/** What a peer of this package tells others of its software. */
export const NODE_INFO = { name: "assay", version, userAgent: `assay/${version}` };

/** Characters of a stranger's text that are kept. */
const MOST_CHARACTERS = 64;

/** Keeps what connected peers say their software is. @returns it for a peer, if the peer said anything. */
export function watchAgents(libp2p: Libp2p): (peerId: string) => string | undefined {
  const agents = new Map<string, string>();
  libp2p.addEventListener("peer:identify", ({ detail: { peerId, agentVersion } }) => {
    if (!agentVersion) return;
    // It is printed on terminals, too.
    const shown = agentVersion.slice(0, MOST_CHARACTERS).replaceAll(/[^ -~]/g, "?");
    agents.set(peerId.toString(), shown);
  });
  libp2p.addEventListener("peer:disconnect", ({ detail }) => {
    agents.delete(detail.toString());
  });
  return (peerId) => agents.get(peerId);
}
