import { loadOptions } from "@assay/worker/config";
import { type Command, deploymentIfKnown, table, toJson } from "@assay/worker/process";
import { readerOf } from "../market/marketClient.ts";
import { verifyOptions } from "./chainOptions.ts";
import { DeploymentMismatchError } from "./errors.ts";
import type { Check } from "./inspectContract.ts";
import { inspectDeployment } from "./inspectDeployment.ts";
import { comparedRules, readRules } from "./parametersFile.ts";
import { publishSources } from "./publish.ts";

export const chainVerifyCommand: Command = {
  summary:
    "check that what lies on a chain is what Assay deploys: its code, its rules, and that they fit together",
  options: verifyOptions,
  async run(argv, { environment, stdout, stderr }) {
    const { values } = loadOptions(verifyOptions, argv, environment);
    const expected =
      values.parameters === undefined ? undefined : await readRules(values.parameters);
    const client = await readerOf(values);
    const chainId = await client.public.getChainId();
    const deployment = deploymentIfKnown(chainId, values);
    const jury = values.jury ?? deployment?.jury;
    const proof = values.proof ?? deployment?.proof;
    const inspected = await inspectDeployment(client, {
      ...{ jury, proof },
      offers: deployment?.offers,
    });
    const checks = [
      ...inspected.checks,
      ...(expected === undefined ? [] : comparedRules(expected, inspected)),
    ];
    const failed = checks.find(({ ok }) => !ok);
    const published =
      failed === undefined && values.publishSource
        ? await publishSources({ chainId, ...inspected }, values, { environment, stderr })
        : [];
    const { marketplace } = client;
    const arbiters = { jury: jury ?? null, proof: proof ?? null };
    const fields = { chainId, marketplace, ...arbiters, ok: failed === undefined };
    const rows = [...checks.map(rowOf), ...published.map((name) => ["source", name] as const)];
    stdout.write(`${values.json ? toJson({ ...fields, checks, published }) : table(rows)}\n`);
    if (failed !== undefined) {
      throw new DeploymentMismatchError(
        `The deployment on chain ${chainId} is not what Assay deploys: ${failed.check}: ${failed.detail}.`,
      );
    }
    return 0;
  },
};

function rowOf({ check, ok, detail }: Check): readonly [string, string] {
  return [check, `${ok ? "ok" : "WRONG"}: ${detail}`];
}
