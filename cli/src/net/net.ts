import { existsSync } from "node:fs";
import { join } from "node:path";
import { flag, help, loadOptions, nodeOptions, UsageError } from "@assay/worker/config";
import { askNode, type ControlStatus } from "@assay/worker/operate";
import { type Command, table, toJson } from "@assay/worker/process";

const netOptions = {
  config: nodeOptions.config,
  "data-dir": nodeOptions["data-dir"],
  json: flag("one JSON object"),
  help,
};

export const netStatusCommand: Command = {
  summary: "show where a running node can be reached, and over how many connections it is",
  options: netOptions,
  async run(argv, { environment, stdout }) {
    const { dataDir, json } = loadOptions(netOptions, argv, environment).values;
    const { peerId, multiaddrs, peers, reachability } = await askNode<ControlStatus>(dataDir, [
      "GET",
      "/status",
    ]);
    const relayed = peers.filter(({ multiaddr }) => multiaddr.includes("/p2p-circuit")).length;
    const rows: [string, string][] = [
      ["peer id", peerId],
      ...multiaddrs.map((address): [string, string] => ["reached at", address]),
      ["reachability", wordsOf(reachability)],
      ["connections", `${peers.length}, ${relayed} of them through a relay`],
    ];
    const fields = { peerId, multiaddrs, connections: peers.length, relayed, reachability };
    stdout.write(`${json ? toJson(fields) : table(rows)}\n`);
    return 0;
  },
};

function wordsOf({ state, relays, advice }: ControlStatus["reachability"]): string {
  const through = relays.length === 0 ? "" : `, relays: ${relays.join(", ")}`;
  return `${state}${through}${advice === undefined ? "" : `: ${advice}`}`;
}

const peersOptions = {
  ...netOptions,
  scores: flag("gossip's view of each: whether it is in the mesh, its score, and why"),
};

export const netPeersCommand: Command = {
  summary: "list the peers that a running node is connected to",
  options: peersOptions,
  async run(argv, { environment, stdout }) {
    const { dataDir, json, scores } = loadOptions(peersOptions, argv, environment).values;
    const { peers, market } = await askNode<ControlStatus>(dataDir, ["GET", "/status"]);
    if (scores) {
      stdout.write(`${json ? toJson({ market: market ?? null }) : scoresOf(market)}\n`);
      return 0;
    }
    const rows = peers.map(({ peerId, agent, multiaddr }): [string, string] => [
      peerId,
      agent === undefined ? multiaddr : `${multiaddr}, ${agent}`,
    ]);
    const words = rows.length === 0 ? "No peer is connected." : table(rows);
    stdout.write(`${json ? toJson({ peers }) : words}\n`);
    return 0;
  },
};

function scoresOf(market: ControlStatus["market"]): string {
  if (market === undefined) return "The node takes no part in the gossip of a Marketplace.";
  const { gossip, clock, present, suspected } = market;
  const heard = Object.entries(gossip.heard).filter(([, count]) => count > 0);
  const ahead = clock.aheadMs === undefined ? "unknown" : `${Math.round(clock.aheadMs)} ms ahead`;
  const rows: [string, string][] = [
    ["topic", gossip.topic],
    ["mesh", `${gossip.mesh.length} of ${gossip.subscribers.length} neighbours`],
    ["nodes heard of", `${present}, ${suspected.length} of them suspected of having left`],
    ["messages", heard.map(([verdict, count]) => `${count} ${verdict}`).join(", ") || "none"],
    ["banned now", String(gossip.bans)],
    ["clock", `${ahead}, by ${clock.peers} peers`],
    ...gossip.neighbours.map((one): [string, string] => [
      one.peerId,
      [
        ...[one.isInMesh ? "in the mesh" : "beside it", `score ${one.score.toFixed(1)}`],
        ...[`offences ${one.offences.toFixed(1)}`, `standing ${one.standing.toFixed(1)}`],
        ...(one.isBanned ? ["banned"] : []),
      ].join(", "),
    ]),
  ];
  return table(rows);
}

export const netRotateKeyCommand: Command = {
  summary: "give a node that does not run a new key in the network, and so a new peer id",
  options: netOptions,
  async run(argv, { environment, stdout }) {
    const { dataDir, json } = loadOptions(netOptions, argv, environment).values;
    if (!existsSync(join(dataDir, "peer"))) {
      throw new UsageError(`There is no peer in ${dataDir}: give its folder with --data-dir.`);
    }
    // The network's libraries are large, and no other command here needs them.
    const { rotatePeerKey } = await import("@assay/network");
    await rotatePeerKey(dataDir);
    const words = "The key is gone; the next start makes a new one, with a new peer id.";
    stdout.write(`${json ? toJson({ rotated: true }) : words}\n`);
    return 0;
  },
};
