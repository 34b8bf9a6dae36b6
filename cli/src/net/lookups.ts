import { setTimeout as delay } from "node:timers/promises";
import { flag, help, loadOptions, nodeOptions, option, parseCount } from "@assay/worker/config";
import { askNode, type Found, NodeControlError, type Pinged } from "@assay/worker/operate";
import { type Command, table, toJson } from "@assay/worker/process";
import { takeOperands } from "../program/files.ts";

/** Between two pings, in milliseconds. */
const PAUSE_MS = 200;
const MOST_PINGS = 1_000;

const common = {
  config: nodeOptions.config,
  "data-dir": nodeOptions["data-dir"],
  json: flag("one JSON object"),
  help,
};

const pingOptions = {
  ...common,
  count: option({
    placeholder: "<n>",
    describe: `pings, at most ${MOST_PINGS}`,
    default: "4",
    parse: parsePings,
  }),
};

function parsePings(text: string): number {
  const count = parseCount(text);
  if (count > MOST_PINGS) throw new Error(`give at most ${MOST_PINGS}`);
  return count;
}

/** One ping: milliseconds, or why there was no answer. */
type Ping = Pinged | { error: string };

export const netPingCommand: Command = {
  summary: "measure round trips from a running node to another peer",
  operands: "<peer id, or multiaddr with one>",
  options: pingOptions,
  async run(argv, { environment, stdout }) {
    const { operands, options } = takeOperands(argv, ["<peer id, or multiaddr with one>"]);
    const [peer = ""] = operands;
    const { dataDir, json, count } = loadOptions(pingOptions, options, environment).values;
    const pings: Ping[] = [];
    while (pings.length < count) {
      if (pings.length > 0) await delay(PAUSE_MS);
      const one = await ping(dataDir, peer);
      pings.push(one);
      if (!json) stdout.write(`${"ms" in one ? `${one.ms} ms  ${one.multiaddr}` : one.error}\n`);
    }
    const times = pings.flatMap((one) => ("ms" in one ? one.ms : [])).sort((a, b) => a - b);
    const summary = summaryOf(times, count);
    stdout.write(json ? `${toJson({ peer, ...summary, pings })}\n` : `${wordsOf(summary)}\n`);
    return times.length > 0 ? 0 : 1;
  },
};

/** A peer that does not answer now may answer the next time. */
async function ping(dataDir: string, peer: string): Promise<Ping> {
  try {
    return await askNode<Pinged>(dataDir, ["GET", "/ping", { peer }]);
  } catch (error) {
    if (!(error instanceof NodeControlError) || error.code !== "NODE_REFUSED") throw error;
    return { error: error.shortMessage };
  }
}

/** @param times - milliseconds, ascending. */
function summaryOf(times: readonly number[], sent: number) {
  const answered = times.length;
  if (answered === 0) return { sent, answered };
  const medianMs = times[Math.floor(answered / 2)];
  return { sent, answered, minMs: times[0], medianMs, maxMs: times.at(-1) };
}

function wordsOf({ sent, answered, minMs, medianMs, maxMs }: ReturnType<typeof summaryOf>): string {
  const times =
    answered === 0 ? "" : `: ${minMs} ms at least, ${medianMs} in the median, ${maxMs} at most`;
  return `${answered} of ${sent} answered${times}`;
}

const WHAT = "<worker|auditor|juror|relay|bootstrap, a CID or a peer id>";

export const netFindCommand: Command = {
  summary:
    "look in the DHT, through a running node: for a role, who has a content, where a peer is",
  operands: WHAT,
  options: common,
  async run(argv, { environment, stdout }) {
    const { operands, options } = takeOperands(argv, [WHAT]);
    const [what = ""] = operands;
    const { dataDir, json } = loadOptions(common, options, environment).values;
    const found = await askNode<Found>(dataDir, ["GET", "/find", { what }]);
    const { peers, isComplete } = found;
    if (json) stdout.write(`${toJson({ what, ...found })}\n`);
    else {
      const rows = peers.map(({ peerId, multiaddrs }): [string, string] => [
        peerId,
        multiaddrs.length === 0 ? "no address is known" : multiaddrs.join(" "),
      ]);
      if (rows.length > 0) stdout.write(`${table(rows)}\n`);
      const cut = isComplete ? "" : " The search was cut off: there may be more.";
      stdout.write(
        `${peers.length === 0 ? "Nobody was found." : `${peers.length} found.`}${cut}\n`,
      );
    }
    return peers.length > 0 ? 0 : 1;
  },
};
