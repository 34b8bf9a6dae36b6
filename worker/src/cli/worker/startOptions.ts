import { flag, option, repeatedOption } from "../options.ts";
import {
  oneOf,
  parseAddress,
  parseAmount,
  parseCount,
  parseDuration,
  parseMultiaddr,
  parsePeerAddress,
  parseRoles,
  parseShare,
  parseUrl,
} from "../values.ts";

export const PRIVATE_KEY_VARIABLE = "ASSAY_PRIVATE_KEY";

export const startOptions = {
  rpc: option({
    placeholder: "<url>",
    describe: "JSON-RPC of the chain",
    environment: "ASSAY_RPC",
    parse: parseUrl,
  }),
  marketplace: option({
    placeholder: "<address>",
    describe: "the Marketplace; may be left out on chains with a known deployment",
    environment: "ASSAY_MARKETPLACE",
    parse: parseAddress,
  }),
  "key-file": option({
    placeholder: "<file>",
    describe: `file with the account's private key in hexadecimal; else ${PRIVATE_KEY_VARIABLE}`,
    parse: (file: string) => file,
  }),
  "data-dir": option({
    placeholder: "<folder>",
    describe: "where the node keeps its state and blocks",
    environment: "ASSAY_DATA_DIR",
    defaultsTo: "./assay-data",
    parse: (folder: string) => folder,
  }),
  network: option({
    placeholder: "local|public",
    describe: "where the peers are: on this machine or private network, or on the internet",
    defaultsTo: "public",
    parse: oneOf("local", "public"),
  }),
  listen: repeatedOption({
    placeholder: "<multiaddr>",
    describe: "where to listen, TCP or WebSocket; default: any free TCP port",
    parse: parseMultiaddr,
  }),
  announce: repeatedOption({
    placeholder: "<multiaddr>",
    describe: "address to tell others instead, behind a port forwarding",
    parse: parseMultiaddr,
  }),
  bootstrap: repeatedOption({
    placeholder: "<multiaddr>",
    describe: "a peer that is in the network already",
    parse: parsePeerAddress,
  }),
  mdns: flag("find peers of the same local network by multicast DNS"),
  stake: option({
    placeholder: "<amount>",
    describe: "what the stake is topped up to: 0.5 (ether), 20gwei, 1000wei",
    defaultsTo: "0, what is staked already",
    parse: parseAmount,
  }),
  roles: option({
    placeholder: "<role,…>",
    describe:
      "what the node is for: worker, auditor (checks others' results), juror (rules on them)",
    defaultsTo: "worker",
    parse: parseRoles,
  }),
  arbiter: repeatedOption({
    placeholder: "<address>",
    describe:
      "an arbiter whose rulings on the stake are accepted; without one, jobs that have one are refused",
    parse: parseAddress,
  }),
  jury: option({
    placeholder: "<address>",
    describe: "the JuryArbiter that a juror serves; it is accepted as an arbiter, too",
    environment: "ASSAY_JURY",
    parse: parseAddress,
  }),
  "juror-stake": option({
    placeholder: "<amount>",
    describe: "what the juror's stake is topped up to",
    defaultsTo: "0, what is staked already",
    parse: parseAmount,
  }),
  "audit-rate": option({
    placeholder: "<share>",
    describe: "share of a batch that an auditor recomputes, at least one task",
    defaultsTo: "0.05",
    parse: parseShare,
  }),
  "min-reward": option({
    placeholder: "<amount>",
    describe: "least reward of a task",
    defaultsTo: "0",
    parse: parseAmount,
  }),
  "batches-at-once": option({
    placeholder: "<n>",
    describe: "batches that are claimed and not submitted at a time",
    defaultsTo: "1",
    parse: parseCount,
  }),
  processes: option({
    placeholder: "<n>",
    describe: "executor processes, and so tasks at a time",
    defaultsTo: "one a core",
    parse: parseCount,
  }),
  "task-limit": option({
    placeholder: "<duration>",
    describe: "longest time of a tried task: 500ms, 10s, 2m",
    defaultsTo: "10s",
    parse: parseDuration,
  }),
  "polling-interval": option({
    placeholder: "<duration>",
    describe: "between two looks at the chain",
    defaultsTo: "1s, 250ms in a local network",
    parse: parseDuration,
  }),
  confirmations: option({
    placeholder: "<n>",
    describe: "blocks, its own included, after which an event counts",
    defaultsTo: "1",
    parse: parseCount,
  }),
  json: flag("log as JSON, one line an event"),
  "exit-with-parent": flag("stop when the process that started this one is gone"),
  help: flag("show this"),
};
