import {
  flag,
  help,
  nodeOptions,
  option,
  parseAddress,
  parseCount,
  parsePath,
} from "@assay/worker/config";
import { accountOptions, chainOptions, marketOptions } from "../market/marketOptions.ts";
import { yesOption } from "../terminal/confirm.ts";
import { ETHERSCAN_URL, SOURCIFY_URL } from "./publishSource.ts";

export const listOptions = { json: flag("one JSON object"), help };

const jury = option({
  placeholder: "<address>",
  describe: "the JuryArbiter beside the Marketplace",
  defaultsTo: "that of the deployment, if it is known",
  parse: parseAddress,
});

const proof = option({
  placeholder: "<address>",
  describe: "the ProofArbiter beside the Marketplace",
  defaultsTo: "that of the deployment, if it is known",
  parse: parseAddress,
});

export const infoOptions = { ...marketOptions, jury, proof };

/** Where sources are published. */
const publish = {
  "publish-source": flag(
    "have the contracts' sources verified by Sourcify, and by Etherscan if ETHERSCAN_API_KEY is set",
  ),
  "sourcify-url": option({
    placeholder: "<url>",
    describe: "another Sourcify",
    default: SOURCIFY_URL,
    parse: parseServiceUrl,
  }),
  "etherscan-url": option({
    placeholder: "<url>",
    describe: "another explorer with Etherscan's API of version 2",
    default: ETHERSCAN_URL,
    parse: parseServiceUrl,
  }),
};

const parameters = option({
  placeholder: "<file>",
  describe: "the rules, in JSON as in ignition/parameters of the package @assay/ignition",
  parse: parsePath,
});

export const verifyOptions = {
  ...marketOptions,
  jury,
  proof,
  parameters: { ...parameters, describe: "rules that the deployment has to have, in JSON" },
  ...publish,
};

export const deployOptions = {
  ...chainOptions,
  ...accountOptions,
  parameters: {
    ...parameters,
    defaultsTo: "those of the chain, if Assay is made for it",
  },
  randomness: option({
    placeholder: "block|randao",
    describe: "where juries get their randomness: docs/jury.md says which fits which chain",
    defaultsTo: "that of the chain, else block",
    parse: parseRandomness,
  }),
  confirmations: option({
    placeholder: "<n>",
    describe: "blocks, its own included, after which a transaction counts",
    defaultsTo: "those of the chain, else 1",
    parse: parseCount,
  }),
  "max-fee-per-gas": nodeOptions["max-fee-per-gas"],
  out: option({
    placeholder: "<file>",
    describe: "the deployment file; other chains that are in it stay",
    default: "assay-deployment.json",
    parse: parsePath,
  }),
  journal: option({
    placeholder: "<folder>",
    describe: "where it is written down how far the deployment is, so that it can go on",
    default: "assay-deployment",
    parse: parsePath,
  }),
  ...publish,
  yes: yesOption,
};

function parseRandomness(text: string): "BlockRandomness" | "RandaoRandomness" {
  if (text === "block") return "BlockRandomness";
  if (text === "randao") return "RandaoRandomness";
  throw new Error("give block or randao");
}

function parseServiceUrl(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) throw new Error("give a URL");
  return text.replace(/\/+$/, "");
}
