import hre from "hardhat";
import {
  type Address,
  decodeErrorResult,
  encodeAbiParameters,
  encodeDeployData,
  type Hex,
  hexToBytes,
  isHex,
  keccak256,
  numberToHex,
  parseAbi,
  toHex,
  toRlp,
  trim,
} from "viem";
import { beforeEach, describe, expect, it } from "vitest";

const abi = parseAbi([
  "constructor(uint64 delayBlocks)",
  "function request() view returns (uint64)",
  "function status(uint64 id) view returns (uint8)",
  "function read(uint64 id, bytes proof) view returns (bytes32)",
  "function DELAY_BLOCKS() view returns (uint64)",
  "function ON_ARBITRUM() view returns (bool)",
  "error Randomness_NotReady(uint64 id, uint8 status)",
  "error Randomness_WrongProof(uint64 id)",
  "error BlockRandomness_DelayOutOfBounds(uint64 delayBlocks, uint64 least, uint64 most)",
  "error RandaoRandomness_NoRandao(uint256 prevrandao)",
]);

const Status = { pending: 0, ready: 1, lost: 2 } as const;
const HISTORY: Address = "0x0000F90827F1C53a10cb7A02335B175320002935";
const ARB_SYS: Address = "0x0000000000000000000000000000000000000064";

type Network = Awaited<ReturnType<typeof hre.network.create>>;
let network: Network;
let client: Awaited<ReturnType<Network["viem"]["getPublicClient"]>>;

beforeEach(async () => {
  network = await hre.network.create();
  client = await network.viem.getPublicClient();
});

const mine = (blocks: number) => network.networkHelpers.mine(blocks);

/** The code that EIP-2935 gives for its contract. The chain of the test has another, which only says that there is none. */
const HISTORY_CODE: Hex =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

/** What a chain with EIP-2935 does by itself for every block: its hash goes into the ring. */
async function remember(number: bigint): Promise<Hex> {
  const { hash } = await client.getBlock({ blockNumber: number });
  await network.networkHelpers.setCode(HISTORY, HISTORY_CODE);
  await network.networkHelpers.setStorageAt(HISTORY, number % 8191n, hash);
  return hash;
}

/** Deploys a source, and makes its calls at hand. Views are as of the block after the newest. */
async function deploy(name: "BlockRandomness" | "RandaoRandomness", delay: bigint) {
  const { address } = await network.viem.deployContract(name, [delay]);
  const call = { abi, address } as const;
  return {
    request: () => client.readContract({ ...call, functionName: "request" }),
    status: (id: bigint) => client.readContract({ ...call, functionName: "status", args: [id] }),
    read: (id: bigint, proof: Hex = "0x") =>
      client.readContract({ ...call, functionName: "read", args: [id, proof] }),
    delay: () => client.readContract({ ...call, functionName: "DELAY_BLOCKS" }),
    onArbitrum: () => client.readContract({ ...call, functionName: "ON_ARBITRUM" }),
  };
}

/** Asserts that a call reverts with this error and these operands. */
async function expectRevert(call: Promise<unknown>, errorName: string, args: readonly unknown[]) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  let data: unknown;
  for (let cause = error; cause instanceof Error && !isHex(data); cause = cause.cause) {
    if ("raw" in cause) data = cause.raw;
    else if ("data" in cause) {
      const inner: unknown = cause.data;
      data = typeof inner === "object" && inner !== null && "data" in inner ? inner.data : inner;
    }
  }
  if (!isHex(data)) throw error ?? new Error(`Expected ${errorName}, but the call went through`);
  const revert = decodeErrorResult({ abi, data });
  expect({ errorName: revert.errorName, args: revert.args }).toEqual({ errorName, args });
}

/** The RLP of a block's header. */
async function headerOf(number: bigint): Promise<{ rlp: Hex; hash: Hex; prevrandao: Hex }> {
  const block: unknown = await network.provider.request({
    method: "eth_getBlockByNumber",
    params: [numberToHex(number), false],
  });
  const fields = block as Record<string, Hex | undefined>;
  const field = (name: string): Hex => {
    const value = fields[name];
    if (value === undefined) throw new Error(`The block has no ${name}`);
    return value;
  };
  const quantity = (name: string): Hex => {
    const value = trim(toHex(BigInt(field(name))));
    return value === "0x00" ? "0x" : value;
  };
  const rlp = toRlp([
    field("parentHash"),
    field("sha3Uncles"),
    field("miner"),
    field("stateRoot"),
    field("transactionsRoot"),
    field("receiptsRoot"),
    field("logsBloom"),
    quantity("difficulty"),
    quantity("number"),
    quantity("gasLimit"),
    quantity("gasUsed"),
    quantity("timestamp"),
    field("extraData"),
    field("mixHash"),
    field("nonce"),
    quantity("baseFeePerGas"),
    field("withdrawalsRoot"),
    quantity("blobGasUsed"),
    quantity("excessBlobGas"),
    field("parentBeaconBlockRoot"),
    field("requestsHash"),
  ]);
  expect(keccak256(rlp)).toBe(field("hash"));
  return { rlp, hash: field("hash"), prevrandao: field("mixHash") };
}

describe("BlockRandomness", () => {
  it("is the hash of a block that is not there when it is asked for", async () => {
    const source = await deploy("BlockRandomness", 3n);
    expect(await source.delay()).toBe(3n);
    expect(await source.onArbitrum()).toBe(false);
    const made = await client.getBlockNumber();
    const id = await source.request();
    expect(id - made).toBeGreaterThanOrEqual(3n);
    while ((await client.getBlockNumber()) < id) {
      expect(await source.status(id)).toBe(Status.pending);
      await expectRevert(source.read(id), "Randomness_NotReady", [id, Status.pending]);
      await mine(1);
    }
    await mine(1);
    const { hash } = await client.getBlock({ blockNumber: id });
    expect(await source.status(id)).toBe(Status.ready);
    expect(await source.read(id)).toBe(hash);
    await mine(200);
    expect(await source.read(id)).toBe(hash);
    await expectRevert(source.read(id, "0x00"), "Randomness_WrongProof", [id]);
  });

  it("is kept for 8,191 blocks where the chain keeps its history, and then lost", async () => {
    const source = await deploy("BlockRandomness", 1n);
    const id = await source.request();
    await mine(300);
    const hash = await remember(id);
    expect(await source.status(id)).toBe(Status.ready);
    expect(await source.read(id)).toBe(hash);
    await mine(Number(id) + 8190 - Number(await client.getBlockNumber()));
    expect(await source.read(id)).toBe(hash);
    await mine(2);
    expect(await source.status(id)).toBe(Status.lost);
    await expectRevert(source.read(id), "Randomness_NotReady", [id, Status.lost]);
  });

  it("is kept for 256 blocks where it does not", async () => {
    const source = await deploy("BlockRandomness", 1n);
    const id = await source.request();
    await mine(250);
    expect(await source.status(id)).toBe(Status.ready);
    await mine(20);
    expect(await source.status(id)).toBe(Status.lost);
    await network.networkHelpers.setCode(HISTORY, "0x");
    expect(await source.status(id)).toBe(Status.lost);
  });

  it("counts and hashes Arbitrum's own blocks there", async () => {
    const { viem, networkHelpers } = network;
    for (const [name, at] of [
      ["FakeArbSys", ARB_SYS],
      ["FakeHistory", HISTORY],
    ] as const) {
      const { address } = await viem.deployContract(name);
      await networkHelpers.setCode(at, (await client.getCode({ address })) ?? "0x");
    }
    const source = await deploy("BlockRandomness", 2n);
    expect(await source.onArbitrum()).toBe(true);
    const id = await source.request();
    expect(id).toBeGreaterThan(1_000_000n);
    expect(await source.status(id)).toBe(Status.pending);
    await mine(5);
    expect(await source.status(id)).toBe(Status.ready);
    expect(await source.read(id)).toBe(keccak256(encodeAbiParameters([{ type: "uint256" }], [id])));
    await mine(30);
    expect(await source.status(id)).toBe(Status.lost);
  });

  it.each([0n, 1001n])("refuses a delay of %s blocks", async (delay) => {
    await expectRevert(deploy("BlockRandomness", delay), "BlockRandomness_DelayOutOfBounds", [
      delay,
      1n,
      1000n,
    ]);
  });

  it.each([1n, 1000n])("takes a delay of %s blocks", async (delay) => {
    expect(await (await deploy("BlockRandomness", delay)).delay()).toBe(delay);
  });
});

describe("RandaoRandomness", () => {
  it("is the prevrandao of the block, proved by its header", async () => {
    const source = await deploy("RandaoRandomness", 2n);
    const id = await source.request();
    await expectRevert(source.read(id), "Randomness_NotReady", [id, Status.pending]);
    await mine(5);
    const { rlp, prevrandao } = await headerOf(id);
    expect(await source.read(id, rlp)).toBe(prevrandao);
    await mine(300);
    await remember(id);
    expect(await source.read(id, rlp)).toBe(prevrandao);
  });

  it("takes the header of no other block, and no other bytes", async () => {
    const source = await deploy("RandaoRandomness", 2n);
    const id = await source.request();
    await mine(5);
    const { rlp } = await headerOf(id);
    const { rlp: other } = await headerOf(id - 1n);
    const flipped = hexToBytes(rlp);
    flipped[500] = (flipped[500] ?? 0) ^ 1;
    for (const proof of ["0x", other, `${rlp}00`, rlp.slice(0, -2), toHex(flipped)] as Hex[]) {
      await expectRevert(source.read(id, proof), "Randomness_WrongProof", [id]);
    }
  });

  it("reads headers whatever the lengths of their fields", async () => {
    const source = await deploy("RandaoRandomness", 1n);
    for (let i = 0; i < 12; ++i) {
      const id = await source.request();
      await network.networkHelpers.mine(1 + (i % 3), { interval: 1 + 70_000 * i });
      await mine(2);
      const { rlp, prevrandao } = await headerOf(id);
      expect(await source.read(id, rlp)).toBe(prevrandao);
    }
  });

  it.each([0n, 1n, (1n << 64n) - 1n])(
    "refuses a chain whose prevrandao is %s",
    async (prevrandao) => {
      const { abi: _, bytecode } = await hre.artifacts.readArtifact("RandaoRandomness");
      const deployment = encodeDeployData({ abi, bytecode: bytecode as Hex, args: [1n] });
      await network.networkHelpers.setPrevRandao(prevrandao);
      await expectRevert(
        client.call({ data: deployment, blockTag: "pending" }),
        "RandaoRandomness_NoRandao",
        [prevrandao],
      );
    },
  );
});
