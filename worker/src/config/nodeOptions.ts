import { redactUrl } from "../chain/rpc/redactUrl.ts";
import { flag, listOption, option } from "./definition.ts";
import { PASSWORD_VARIABLE, PRIVATE_KEY_VARIABLE } from "./environment.ts";
import { policyOptions } from "./policyOptions.ts";
import {
  atMostOnce,
  oneOf,
  parseAddress,
  parseAmount,
  parseChainId,
  parseCount,
  parseDuration,
  parseEndpoint,
  parseEntryAddress,
  parseHttpUrl,
  parseMultiaddr,
  parsePath,
  parsePeerAddress,
  parseRole,
  parseSize,
  parseUrl,
} from "./values.ts";

/** All options of a node: each can be a flag, an `ASSAY_…` variable, or a key in the configuration file. */
export const nodeOptions = {
  config: option({
    placeholder: "<file>",
    describe: "configuration in YAML; flags and environment go before it",
    parse: parsePath,
  }),
  rpc: listOption({
    placeholder: "<url>",
    describe:
      "JSON-RPC of the chain; several are asked in their order, whichever is well and up to date",
    key: "chain.rpc",
    parse: parseUrl,
    redact: redactUrl,
  }),
  "chain-id": option({
    placeholder: "<n>",
    describe: "the chain that the RPC has to serve; a node without an RPC carries its gossip",
    key: "chain.id",
    parse: parseChainId,
  }),
  marketplace: option({
    placeholder: "<address>",
    describe: "the Marketplace; may be left out on chains with a known deployment",
    key: "chain.marketplace",
    parse: parseAddress,
  }),
  deployment: option({
    placeholder: "<file>",
    describe: "file with the Marketplace of the chain, as assay chain deploy writes it",
    key: "chain.deployment",
    parse: parsePath,
  }),
  "polling-interval": option({
    placeholder: "<duration>",
    describe: "between two looks at the chain",
    key: "chain.pollingInterval",
    defaultsTo: "1s, 250ms in a local network",
    parse: parseDuration,
  }),
  confirmations: option({
    placeholder: "<n>",
    describe: "blocks, its own included, after which an event counts",
    key: "chain.confirmations",
    default: "1",
    parse: parseCount,
  }),
  "max-reorg-depth": option({
    placeholder: "<n>",
    describe:
      "blocks that a reorganisation may replace and be undone; the node ends at a deeper one",
    key: "chain.maxReorgDepth",
    default: "128",
    parse: parseCount,
  }),
  "max-fee-per-gas": option({
    placeholder: "<amount>",
    describe: "most that is offered for a unit of gas: 50gwei",
    key: "chain.maxFeePerGas",
    defaultsTo: "no limit",
    parse: parseAmount,
  }),
  relayer: option({
    placeholder: "<url>",
    describe:
      "an assay relay that brings the account's calls and pays their gas: http://127.0.0.1:8788; stake has to be there",
    key: "chain.relayer",
    defaultsTo: "the account sends its transactions itself",
    parse: parseHttpUrl,
    redact: redactUrl,
  }),
  "relayer-most": option({
    placeholder: "<amount>",
    describe: "most that the relayer is paid for a call, from credit; in a token by its price",
    key: "chain.relayerMost",
    default: "0.001",
    parse: parseAmount,
  }),
  "replace-after-blocks": option({
    placeholder: "<n>",
    describe:
      "blocks after which a transaction that is not mined is replaced by one that offers more",
    key: "chain.replaceAfterBlocks",
    default: "5",
    parse: parseCount,
  }),

  keystore: option({
    placeholder: "<file>",
    describe: `the account's key, encrypted (assay key create); its password comes from --password-file, ${PASSWORD_VARIABLE} or the terminal`,
    key: "account.keystore",
    defaultsTo: "key.json in the data folder, if it is there",
    parse: parsePath,
  }),
  "password-file": option({
    placeholder: "<file>",
    describe: "file whose first line is the keystore's password",
    key: "account.passwordFile",
    parse: parsePath,
  }),
  "key-file": option({
    placeholder: "<file>",
    describe: `file with the account's private key in hexadecimal, unencrypted; else ${PRIVATE_KEY_VARIABLE}`,
    key: "account.keyFile",
    parse: parsePath,
  }),

  roles: listOption({
    placeholder: "<role,…>",
    describe:
      "what the node is for: worker, auditor (checks others' results), juror (rules on them), bootstrap (lets others in), relay (for those who cannot be dialled)",
    key: "node.roles",
    default: "worker",
    parse: parseRole,
    checkAll: atMostOnce,
  }),
  "data-dir": option({
    placeholder: "<folder>",
    describe: "where the node keeps its state and blocks",
    key: "node.dataDir",
    default: "assay-data",
    parse: parsePath,
  }),
  "disk-quota": option({
    placeholder: "<size>",
    describe: "most that the blocks may take: 10GB; what is not needed goes, the oldest first",
    key: "node.diskQuota",
    defaultsTo: "no limit",
    parse: parseSize,
  }),
  "result-retention": option({
    placeholder: "<duration>",
    describe: "how long a settled batch's results are kept, whatever the quota",
    key: "node.resultRetention",
    default: "24h",
    parse: parseDuration,
  }),
  "drain-timeout": option({
    placeholder: "<duration>",
    describe: "how long what is claimed may take to be finished after SIGTERM",
    key: "node.drainTimeout",
    default: "10m",
    parse: parseDuration,
  }),
  "drain-until": option({
    placeholder: "submitted|settled",
    describe:
      "when a drained node ends: what is claimed is submitted; or settled, so that its results stay to be had and it is liable for nothing",
    key: "node.drainUntil",
    default: "submitted",
    parse: oneOf("submitted", "settled"),
  }),

  network: option({
    placeholder: "local|public",
    describe: "where the peers are: on this machine or private network, or on the internet",
    key: "p2p.network",
    default: "public",
    parse: oneOf("local", "public"),
  }),
  listen: listOption({
    placeholder: "<multiaddr>",
    describe:
      "where to listen: TCP, WebSocket, or /p2p-circuit by way of relays that are found; default: any free TCP port",
    key: "p2p.listen",
    parse: parseMultiaddr,
  }),
  announce: listOption({
    placeholder: "<multiaddr>",
    describe: "address to tell others instead, behind a port forwarding",
    key: "p2p.announce",
    parse: parseMultiaddr,
  }),
  bootstrap: listOption({
    placeholder: "<multiaddr>",
    describe:
      "a peer that is in the network already, or a name that stands for several: /dnsaddr/net.example",
    key: "p2p.bootstrap",
    parse: parseEntryAddress,
  }),
  relay: listOption({
    placeholder: "<multiaddr>",
    describe:
      "a relay through which others reach the node; default: in a public network it finds some as long as nobody can dial it",
    key: "p2p.relays",
    parse: parsePeerAddress,
  }),
  upnp: flag("ask the router for a port forwarding, by UPnP", { key: "p2p.upnp" }),
  "swarm-key": option({
    placeholder: "<file>",
    describe:
      "key of a private network, a swarm.key as Kubo has it; peers without it are not talked to",
    key: "p2p.swarmKey",
    parse: parsePath,
  }),
  mdns: flag("find peers of the same local network by multicast DNS", { key: "p2p.mdns" }),

  content: listOption({
    placeholder: "<helia|kubo|gateway|files,…>",
    describe:
      "where contents are read, in this order, and stored: the network itself, a Kubo node beside it, gateways (which only read), a folder",
    key: "content.backends",
    default: "helia",
    parse: oneOf("helia", "kubo", "gateway", "files"),
    checkAll: atMostOnce,
  }),
  "kubo-rpc": option({
    placeholder: "<url>",
    describe: "RPC API of the Kubo node",
    key: "content.kuboRpc",
    default: "http://127.0.0.1:5001",
    parse: parseHttpUrl,
    redact: redactUrl,
  }),
  gateway: listOption({
    placeholder: "<url>",
    describe: "a trustless gateway: https://trustless-gateway.link",
    key: "content.gateways",
    parse: parseHttpUrl,
    redact: redactUrl,
  }),
  "content-folder": option({
    placeholder: "<folder>",
    describe: "the folder of files, which several processes may share",
    key: "content.folder",
    parse: parsePath,
  }),

  ...policyOptions,

  processes: option({
    placeholder: "<n>",
    describe: "executor processes, and so tasks at a time",
    key: "executor.processes",
    defaultsTo: "one a core",
    parse: parseCount,
  }),
  "task-limit": option({
    placeholder: "<duration>",
    describe: "longest time of a tried task: 500ms, 10s, 2m",
    key: "executor.taskLimit",
    default: "10s",
    parse: parseDuration,
  }),

  "metrics-listen": option({
    placeholder: "<host:port>",
    describe: "where /metrics, /health and /ready are served: 127.0.0.1:9464",
    key: "metrics.listen",
    defaultsTo: "nowhere",
    parse: parseEndpoint,
  }),
  "ui-listen": option({
    placeholder: "<host:port>",
    describe:
      "where the node's own page is served, read only, with its blocks: 127.0.0.1:9470; whoever can reach it can read it",
    key: "ui.listen",
    defaultsTo: "nowhere",
    parse: parseEndpoint,
  }),
  "metrics-libp2p": flag("serve what libp2p counts, too", { key: "metrics.libp2p" }),
  "log-format": option({
    placeholder: "auto|pretty|json",
    describe: "how events are written; auto: pretty on a terminal, else JSON",
    key: "log.format",
    default: "auto",
    parse: oneOf("auto", "pretty", "json"),
  }),
  "log-level": option({
    placeholder: "debug|info|warn|error",
    describe: "least important events that are written",
    key: "log.level",
    default: "info",
    parse: oneOf("debug", "info", "warn", "error"),
  }),
};

export const help = flag("show this");
