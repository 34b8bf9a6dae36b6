import {
  nodeOptions,
  option,
  parseAddress,
  parseAmount,
  parseCount,
  parseDuration,
  parseEndpoint,
  parseRatio,
} from "@assay/worker/config";
import { accountOptions, marketOptions } from "../market/marketOptions.ts";

export const relayOptions = {
  ...marketOptions,
  ...accountOptions,
  offers: option({
    placeholder: "<address>",
    describe: "the contract Offers, which brings many calls in one transaction",
    defaultsTo: "that of the deployment, if it is known; without one, each call is a transaction",
    parse: parseAddress,
  }),
  "max-fee-per-gas": nodeOptions["max-fee-per-gas"],
  listen: option({
    placeholder: "<host>:<port>",
    describe: "where it listens; port 0 takes any free one",
    default: "127.0.0.1:8788",
    parse: parseEndpoint,
  }),
  token: nodeOptions.token,
  margin: option({
    placeholder: "<ratio>",
    describe: "what is asked above what was spent: 0.1 is a tenth more",
    default: "0.1",
    parse: parseRatio,
  }),
  advance: option({
    placeholder: "<amount>",
    describe: "what an account with stake may owe: 0.001 (ether); 0: nothing",
    default: "0",
    parse: parseAmount,
  }),
  "advance-stake": option({
    placeholder: "<amount>",
    describe: "stake of an account that may owe anything: accounts cost nothing, stake does",
    default: "0.01",
    parse: parseAmount,
  }),
  "max-advanced": option({
    placeholder: "<amount>",
    describe:
      "most that is at risk at a time: all debts, and requests that pay only when they come true",
    default: "0.05",
    parse: parseAmount,
  }),
  "max-gas": option({
    placeholder: "<n>",
    describe: "most gas of one call",
    default: "1000000",
    parse: parseCount,
  }),
  "batch-every": option({
    placeholder: "<duration>",
    describe: "how long calls are collected for one transaction",
    default: "500ms",
    parse: parseDuration,
  }),
  "batch-calls": option({
    placeholder: "<n>",
    describe: "most calls of a transaction",
    default: "32",
    parse: parseCount,
  }),
  "max-waiting": option({
    placeholder: "<n>",
    describe: "most requests that wait at a time",
    default: "256",
    parse: parseCount,
  }),
  "per-minute": option({
    placeholder: "<n>",
    describe: "most requests of an account, and of an address, in a minute",
    default: "120",
    parse: parseCount,
  }),
};
