import { createPeer } from "@assay/network";
import { createMarketClient } from "@assay/sdk";
import { compileProgram } from "@assay/sdk/compile";
import { type Address, type Hex, http, parseEther } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { hardhat } from "viem/chains";

// `npm run localnet` prints these.
const { ASSAY_RPC, ASSAY_MARKETPLACE, ASSAY_BOOTSTRAP = "", ASSAY_PRIVATE_KEY } = process.env;
const marketplace = ASSAY_MARKETPLACE as Address;

const peer = await createPeer({
  memory: true,
  network: "local",
  listen: ["/ip4/127.0.0.1/tcp/0"],
  bootstrap: [ASSAY_BOOTSTRAP],
  chainId: hardhat.id,
  marketplace,
});
const market = createMarketClient({
  chain: hardhat,
  transport: http(ASSAY_RPC),
  account: privateKeyToAccount(ASSAY_PRIVATE_KEY as Hex),
  marketplace,
  ...peer,
});

const program = await compileProgram({
  source: `export function main(input: Uint8Array): Uint8Array { return input.reverse(); }`,
});
const inputs = ["hello", "from", "strangers"].map((text) => new TextEncoder().encode(text));
const job = await market.submitJob({ program, inputs, rewardPerTask: parseEther("0.001") });
for await (const result of job.results({ ordered: true })) {
  if (result.outcome === "ok") console.log(new TextDecoder().decode(result.bytes));
}
await peer.stop();
