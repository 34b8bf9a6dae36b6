import { type PageContent, type PagesServer, servePages, writeSite } from "@assay/explorer";
import {
  flag,
  help,
  loadOptions,
  nodeOptions,
  option,
  parseAddress,
  parseEndpoint,
  parseHttpUrl,
  parsePath,
  UsageError,
} from "@assay/worker/config";
import { type Command, knownMarketplace, toJson } from "@assay/worker/process";
import { connect } from "../market/marketClient.ts";
import { untilSignal } from "./untilSignal.ts";

const explorerOptions = {
  config: nodeOptions.config,
  rpc: nodeOptions.rpc,
  "browser-rpc": option({
    placeholder: "<url>",
    describe: "the chain's endpoint as browsers reach it, where that differs",
    defaultsTo: "the first --rpc",
    parse: parseHttpUrl,
  }),
  "chain-id": nodeOptions["chain-id"],
  marketplace: nodeOptions.marketplace,
  deployment: nodeOptions.deployment,
  proof: option({
    placeholder: "<address>",
    describe: "the ProofArbiter, for its rules and as the arbiter of jobs that name none",
    parse: parseAddress,
  }),
  jury: option({
    placeholder: "<address>",
    describe: "the JuryArbiter, for its rules",
    parse: parseAddress,
  }),
  node: option({
    placeholder: "<url>",
    describe: "page of a node (--ui-listen), which gives results and shows the network",
    parse: parseHttpUrl,
  }),
  gateway: option({
    placeholder: "<url>",
    describe: "a trustless gateway that gives results, where there is no node",
    parse: parseHttpUrl,
  }),
  listen: option({
    placeholder: "<host>:<port>",
    describe: "where it listens; port 0 takes any free one",
    default: "127.0.0.1:9471",
    parse: parseEndpoint,
  }),
  write: option({
    placeholder: "<folder>",
    describe: "write the pages there, for another web server, instead of serving them",
    parse: parsePath,
  }),
  json: flag("one JSON object, once it listens"),
  help,
};

export const explorerCommand: Command = {
  summary: "pages that show a Marketplace: jobs, disputes, accounts, the network",
  options: explorerOptions,
  async run(argv, { environment, stdout }) {
    const { values } = loadOptions(explorerOptions, argv, environment);
    const { rpc, browserRpc, proof, jury, node, gateway, listen, write, json } = values;
    const [url] = rpc;
    const { chain } = await connect(values);
    if (url === undefined) return 1; // `connect` has refused
    const marketplace = knownMarketplace(chain.id, values);
    const config = {
      ...{ rpc: browserRpc ?? url, marketplace },
      ...(proof === undefined ? {} : { proof }),
      ...(jury === undefined ? {} : { jury }),
    };
    if (write !== undefined) {
      await writeSite(write, { ...config, ...(gateway === undefined ? {} : { gateway }) });
      stdout.write(`${json ? toJson({ folder: write }) : write}\n`);
      return 0;
    }
    const content = await contentOf(node ?? gateway);
    const server: PagesServer = await servePages({
      ...{ ...listen, page: "explorer", content },
      config: {
        ...config,
        ...(content === undefined ? {} : { gateway: "" }),
        ...(node === undefined ? {} : { node: "" }),
      },
      api: node === undefined ? {} : { network: () => askNode(node) },
    }).catch((error: NodeJS.ErrnoException) => {
      const where = `${listen.host}:${listen.port}`;
      throw new UsageError(
        `The pages cannot be served on ${where} (${error.code}): give a free port as --listen.`,
      );
    });
    stdout.write(`${json ? toJson({ url: server.url, pid: process.pid }) : server.url}\n`);
    await untilSignal();
    await server.close();
    return 0;
  },
};

/** The pages ask their own server, which asks on: no node has to answer pages of another origin. */
async function contentOf(gateway: string | undefined): Promise<PageContent | undefined> {
  if (gateway === undefined) return undefined;
  const { createGatewayContent } = await import("@assay/network");
  return createGatewayContent(gateway);
}

async function askNode(node: string): Promise<unknown> {
  const url = `${node.replace(/\/+$/, "")}/api/network`;
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  return response.json();
}
