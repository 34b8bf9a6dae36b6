import {
  flag,
  help,
  nodeOptions,
  oneOf,
  option,
  parseCount,
  parseEndpoint,
  parsePath,
  parseSize,
} from "@assay/worker/config";

export const serveRunnerOptions = {
  listen: option({
    placeholder: "<host>:<port>",
    describe: "where it listens; port 0 takes any free one",
    default: "127.0.0.1:8787",
    parse: parseEndpoint,
  }),
  "token-file": option({
    placeholder: "<file>",
    describe: "file with the token that clients have to show; ASSAY_RUNNER_TOKEN has it otherwise",
    parse: parsePath,
  }),
  "tls-cert": option({
    placeholder: "<file>",
    describe: "certificate, PEM; with --tls-key it serves HTTPS",
    parse: parsePath,
  }),
  "tls-key": option({
    placeholder: "<file>",
    describe: "the certificate's key, PEM",
    parse: parsePath,
  }),
  processes: option({
    placeholder: "<count>",
    describe: "sandboxed processes, and so tasks at a time",
    defaultsTo: "one a core",
    parse: parseCount,
  }),
  concurrency: option({
    placeholder: "<count>",
    describe: "tasks that are taken at a time, waiting ones included",
    defaultsTo: "128 a process",
    parse: parseCount,
  }),
  "max-input": option({
    placeholder: "<size>",
    describe: "longest input: 500kB, 64MiB",
    default: "64MiB",
    parse: parseSize,
  }),
  peers: flag(
    "serve peers over the direct protocol instead of HTTP, without a token: they find this one in the DHT, or name it",
  ),
  network: option({
    placeholder: "local|public",
    describe:
      "with --peers: where they are, on this machine or private network, or on the internet",
    default: "local",
    parse: oneOf("local", "public"),
  }),
  bootstrap: nodeOptions.bootstrap,
  json: flag("one JSON object, once it listens"),
  help,
};
