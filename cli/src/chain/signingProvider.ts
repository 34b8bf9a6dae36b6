import type { DeploymentProvider } from "@assay/ignition";
import type { Hex, PrivateKeyAccount, PublicClient } from "viem";

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

/** A chain whose one account is a key of ours: the node gets nothing but signed transactions. */
export function signingProvider(
  client: PublicClient,
  { account, chainId }: { account: PrivateKeyAccount; chainId: number },
): DeploymentProvider {
  const request = client.request as unknown as DeploymentProvider["request"];
  return {
    async request({ method, params = [] }) {
      if (method === "eth_accounts") return [account.address];
      if (method !== "eth_sendTransaction") return request({ method, params });
      const [wanted] = params as readonly Wanted[];
      if (wanted === undefined) throw new TypeError("there is no transaction");
      const signed = await sign(account, wanted, chainId);
      return request({ method: "eth_sendRawTransaction", params: [signed] });
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
