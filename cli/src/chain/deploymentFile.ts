import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { UsageError } from "@assay/worker/config";
import { type FiledDeployment, readDeployments, toJson } from "@assay/worker/process";

/**
 * Puts a deployment among those that are in a file. Whoever reads the file at that moment finds it whole.
 *
 * @throws {@link UsageError} when the file cannot be written; ConfigError when what is there is no deployment file.
 */
export async function recordDeployment(
  file: string,
  chainId: number,
  deployment: FiledDeployment,
): Promise<void> {
  const known = existsSync(file) ? readDeployments(file) : {};
  const entries = Object.entries({ ...known, [chainId]: deployment }).map(
    ([id, { blockNumber, ...rest }]) => [id, { ...rest, blockNumber: Number(blockNumber) }],
  );
  const json = JSON.parse(toJson(Object.fromEntries(entries)));
  const draft = `${file}.${process.pid}.new`;
  try {
    await writeFile(draft, `${JSON.stringify(json, null, 2)}\n`);
    await rename(draft, file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`--out ${file} cannot be written (${code}): name another file.`, {
      cause,
    });
  }
}
