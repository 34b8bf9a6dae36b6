import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentProvider, SignedTransaction } from "@assay/ignition";
import { type Hex, keccak256, type PrivateKeyAccount, type PublicClient } from "viem";

/** A transaction as Ignition asks for it: every quantity in hexadecimal. */
interface Wanted {
  to?: Hex;
  data?: Hex;
  value?: Hex;
  nonce: Hex;
  gas: Hex;
  gasPrice?: Hex;
  maxFeePerGas?: Hex;
  maxPriorityFeePerGas?: Hex;
}

export interface SigningProvider extends DeploymentProvider {
  /** The transaction that was signed last for a nonce, in an earlier process too. */
  signedFor(nonce: number): SignedTransaction | undefined;
}

/**
 * A chain whose one account is a key of ours: the node gets nothing but signed transactions. Each is written down before it is sent, so
 * that a process that is killed in between leaves its hash.
 * @param folder - where that is.
 */
export function signingProvider(
  client: PublicClient,
  { account, chainId, folder }: { account: PrivateKeyAccount; chainId: number; folder: string },
): SigningProvider {
  const request = client.request as unknown as DeploymentProvider["request"];
  const file = join(folder, "signed.jsonl");
  return {
    signedFor(nonce) {
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
      const signed = lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line));
      return signed.findLast((one) => one.nonce === nonce && one.from === account.address);
    },
    async request({ method, params = [] }) {
      if (method === "eth_accounts") return [account.address];
      if (method !== "eth_sendTransaction") return request({ method, params });
      const [wanted] = params as readonly Wanted[];
      if (wanted === undefined) throw new TypeError("there is no transaction");
      const raw = await sign(account, wanted, chainId);
      const written = { from: account.address, nonce: Number(wanted.nonce), hash: keccak256(raw) };
      mkdirSync(folder, { recursive: true });
      appendFileSync(file, `${JSON.stringify({ ...written, raw })}\n`, { flush: true });
      return request({ method: "eth_sendRawTransaction", params: [raw] });
    },
  };
}

function sign(account: PrivateKeyAccount, wanted: Wanted, chainId: number): Promise<Hex> {
  const { to, data, value = "0x0", nonce, gas, gasPrice } = wanted;
  const { maxFeePerGas = "0x0", maxPriorityFeePerGas = "0x0" } = wanted;
  const common = {
    ...{ chainId, nonce: Number(nonce), gas: BigInt(gas), value: BigInt(value) },
    ...(to === undefined ? {} : { to }),
    ...(data === undefined ? {} : { data }),
  };
  if (gasPrice !== undefined) {
    return account.signTransaction({ type: "legacy", ...common, gasPrice: BigInt(gasPrice) });
  }
  return account.signTransaction({
    ...{ type: "eip1559", ...common, maxFeePerGas: BigInt(maxFeePerGas) },
    maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas),
  });
}
