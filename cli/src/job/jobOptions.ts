import {
  flag,
  help,
  listOption,
  nodeOptions,
  oneOf,
  option,
  parseAddress,
  parseAmount,
  parseCid,
  parseCount,
  parseDuration,
  parsePath,
  parseShare,
} from "@assay/worker/config";
import { accountOptions } from "../market/marketOptions.ts";
import { yesOption } from "../terminal/confirm.ts";

/** Of any WebAssembly module. */
const MAX_MEMORY_PAGES = 65_536;
/** The chain counts tasks and bytes with 32 bits. */
const MAX_UINT32 = 2 ** 32 - 1;

const json = flag("JSON: one object, or one a line where there are several");

/** Of every command: the chain. There is no configuration file: a node's policy would say which arbiter and token a job has. */
export const chainOptions = {
  rpc: nodeOptions.rpc,
  "chain-id": nodeOptions["chain-id"],
  marketplace: nodeOptions.marketplace,
  confirmations: nodeOptions.confirmations,
  json,
  help,
};

/** Of commands that send something: whose key signs it. */
const signingOptions = { ...accountOptions, yes: yesOption };

/** Of commands that need a place in the network. */
const networkOptions = {
  network: option({
    placeholder: "local|public",
    describe: "where the peers are: on this machine or private network, or on the internet",
    defaultsTo: "local on a development chain, else public",
    parse: oneOf("local", "public"),
  }),
  bootstrap: nodeOptions.bootstrap,
  content: nodeOptions.content,
  "kubo-rpc": nodeOptions["kubo-rpc"],
  gateway: nodeOptions.gateway,
  "content-folder": nodeOptions["content-folder"],
};

const storeOption = option({
  placeholder: "<folder>",
  describe: "where the contents are kept for as long as they are served",
  defaultsTo: "in memory",
  parse: parsePath,
});

export const fromBlock = option({
  placeholder: "<n>",
  describe: "first block to look at",
  defaultsTo: "that of the Marketplace's deployment",
  parse: (text: string) => parseBlock(text),
});

const termsOptions = {
  reward: option({
    placeholder: "<amount>",
    describe:
      "reward of one task: 0.001 (ether), 20gwei, 1000wei; with --token in its smallest unit, as 1000wei",
    parse: parseAmount,
  }),
  token: option({
    placeholder: "<address>",
    describe: "ERC-20 token of the reward",
    defaultsTo: "the native coin",
    parse: parseAddress,
  }),
  "batch-size": option({
    placeholder: "<n>",
    describe: "tasks in a batch",
    defaultsTo: "one that gives about 16 batches",
    parse: parseCount,
  }),
  "stake-per-batch": option({
    placeholder: "<amount>",
    describe: "stake that a worker locks to claim a batch",
    defaultsTo: "the reward of a batch, but no less than the Marketplace's minimum",
    parse: parseAmount,
  }),
  "submit-window": option({
    placeholder: "<duration>",
    describe: "time from a claim to its submission",
    defaultsTo: "1h",
    parse: parseDuration,
  }),
  "max-steps": option({
    placeholder: "<fuel>",
    describe: "most fuel of a task",
    defaultsTo: "10000000000",
    parse: (text: string) => BigInt(parseCount(text)),
  }),
};

const workOptions = {
  program: option({
    placeholder: "<file|cid>",
    describe:
      "the program: .wasm, AssemblyScript (.ts, is compiled), a WASI command (is linked), or the CID of one that is stored",
    parse: parsePath,
  }),
  input: listOption({
    placeholder: "<file>",
    describe: "a file that is the input of one task",
    hasCommas: true,
    parse: parsePath,
  }),
  "inputs-dir": option({
    placeholder: "<folder>",
    describe: "a folder whose files are the inputs, in the order of their names",
    parse: parsePath,
  }),
  "inputs-lines": option({
    placeholder: "<file|->",
    describe: "a file, or standard input, whose lines are the inputs",
    parse: parsePath,
  }),
};

export const postOptions = {
  ...workOptions,
  ...termsOptions,
  ...chainOptions,
  ...signingOptions,
  ...networkOptions,
  arbiter: option({
    placeholder: "<address>",
    describe: "who decides challenges; the zero address: nobody",
    defaultsTo: "the ProofArbiter, if one is known",
    parse: parseAddress,
  }),
  proof: option({
    placeholder: "<address>",
    describe: "the ProofArbiter",
    defaultsTo: "the one of the known deployment on the chain",
    parse: parseAddress,
  }),
  "allow-undecidable": flag("post although the arbiter could not decide a dispute now"),
  "min-score": option({
    placeholder: "<n>",
    describe: "least score of a worker, in 1/10000",
    defaultsTo: "0",
    parse: wholeNumber(0, 10_000),
  }),
  "challenge-window": option({
    placeholder: "<duration>",
    describe: "time from a submission until it is paid",
    defaultsTo: "the Marketplace's minimum",
    parse: parseDuration,
  }),
  "claim-for": option({
    placeholder: "<duration>",
    describe: "time from now in which batches can be claimed",
    defaultsTo: "24h",
    parse: parseDuration,
  }),
  "memory-pages": option({
    placeholder: "<n>",
    describe: "most memory of a task, in pages of 64 KiB",
    defaultsTo: "what the program declares",
    parse: wholeNumber(1, MAX_MEMORY_PAGES),
  }),
  "max-result": option({
    placeholder: "<bytes>",
    describe: "longest result of a task",
    defaultsTo: "1048576",
    parse: wholeNumber(1, MAX_UINT32),
  }),
  credit: flag("pay from the account's credit with the Marketplace"),
  detach: flag("end when the job is posted, where others serve its contents (--content kubo)"),
  "serve-until": option({
    placeholder: "submitted|settled",
    describe: "serve the contents until all batches are submitted, or settled",
    default: "submitted",
    parse: oneOf("submitted", "settled"),
  }),
  store: storeOption,
};

export const quoteOptions = {
  ...workOptions,
  tasks: option({
    placeholder: "<n>",
    describe: "how many tasks, where no inputs are given",
    parse: wholeNumber(1, MAX_UINT32),
  }),
  ...termsOptions,
  ...chainOptions,
  ...networkOptions,
};

export const statusOptions = { ...chainOptions, "from-block": fromBlock };

export const listOptions = {
  ...chainOptions,
  requester: option({
    placeholder: "<address>",
    describe: "only jobs of this account",
    parse: parseAddress,
  }),
  arbiter: option({
    placeholder: "<address>",
    describe: "only jobs with this arbiter",
    parse: parseAddress,
  }),
  token: option({
    placeholder: "<address>",
    describe: "only jobs that pay in this token",
    parse: parseAddress,
  }),
  program: option({
    placeholder: "<cid>",
    describe: "only jobs of this program",
    parse: parseCid,
  }),
  state: option({
    placeholder: "open|closed",
    describe: "only jobs of which a batch can be claimed now, or none",
    parse: oneOf("open", "closed"),
  }),
  "from-block": fromBlock,
  "to-block": option({
    placeholder: "<n>",
    describe: "last block to look at",
    defaultsTo: "the latest",
    parse: (text: string) => parseBlock(text),
  }),
  limit: option({
    placeholder: "<n>",
    describe: "most jobs, the newest first",
    default: "20",
    parse: parseCount,
  }),
};

export const watchOptions = {
  ...chainOptions,
  "from-block": option({
    placeholder: "<n>",
    describe: "first block to tell of",
    defaultsTo: "of a job that of its posting, of all jobs the next one",
    parse: (text: string) => parseBlock(text),
  }),
};

export const resultsOptions = {
  ...chainOptions,
  ...networkOptions,
  "from-block": fromBlock,
  out: option({
    placeholder: "<folder>",
    describe: "where each result is written, as a file named by its position",
    parse: parsePath,
  }),
  ordered: flag("by position; else as they come"),
  settled: flag("only what was paid for: wait for the end of every question"),
  "fetch-timeout": option({
    placeholder: "<duration>",
    describe: "how long one block is looked for",
    default: "60s",
    parse: parseDuration,
  }),
};

export const cancelOptions = { ...chainOptions, ...signingOptions, "from-block": fromBlock };

export const auditOptions = {
  ...chainOptions,
  ...signingOptions,
  ...networkOptions,
  "from-block": fromBlock,
  rate: option({
    placeholder: "<share>",
    describe: "share of each batch to run again, one task at least",
    default: "0.05",
    parse: parseShare,
  }),
  challenge: flag("put what is wrong to the job's arbiter; it takes the account's money"),
  played: flag(
    "a node of this account runs, and plays the game of a challenge that is to be proved",
  ),
};

export const whyOptions = { ...chainOptions, ...networkOptions, "from-block": fromBlock };

export const exportOptions = {
  ...chainOptions,
  ...networkOptions,
  "from-block": fromBlock,
};

export const importOptions = {
  ...chainOptions,
  ...networkOptions,
  store: storeOption,
  detach: flag("end when it is stored, where others serve it (--content kubo)"),
};

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most)) {
      throw new Error(`give a whole number from ${least} to ${most}`);
    }
    return number;
  };
}

/** 0 included. */
function parseBlock(text: string): bigint {
  if (!/^\d+$/.test(text)) throw new Error("give the number of a block");
  return BigInt(text);
}

export function parseJobId(text: string): `0x${string}` {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) {
    throw new Error("give a job id: 0x and 64 hexadecimal digits");
  }
  return text.toLowerCase() as `0x${string}`;
}
