import { type Address, createTestClient, type Hex, http } from "viem";
import { describe, expect, test } from "vitest";
import { CHAIN_ID, deploying } from "../../test/deploying.ts";
import { startSourceServices } from "../../test/sourceServices.ts";

const here = deploying();

describe("chain verify", () => {
  test("names what is not as it should be", async () => {
    await here.startChain();
    const { json } = await here.deploy(["--yes"]);
    const { marketplace, jury, proof, offers } = json as unknown as Record<string, Address>;
    const client = createTestClient({ mode: "anvil", transport: http(here.rpcUrl) });
    const wrong = async (check: string, ...more: string[]) => {
      const { code, stderr, json } = await here.verify(more);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${check}: `)]);
      expect(json).toMatchObject({ ok: false });
    };
    const slashing = await here.changed('"slashBps": 5000', '"slashBps": 6000');
    await wrong("Marketplace rules are those of the file", "--parameters", slashing);

    for (const [check, address, change] of [
      ["Marketplace code", marketplace, (code: Hex) => `${code.slice(0, -2)}00`],
      ["Marketplace code", marketplace, () => "0x"],
      ["Marketplace code", marketplace, (code: Hex) => `${code}00`],
      // A rule stands in the code, more than once: in one of its places alone…
      ["Marketplace code", marketplace, (code: Hex) => code.replace(word(86_400), word(86_401))],
      // …and in all of them, out of its bounds.
      ["Marketplace parameters", marketplace, (code: Hex) => code.replaceAll(word(5000), word(9))],
      ["JuryArbiter code", jury, () => "0x6000"],
      [
        "JuryArbiter parameters",
        jury,
        (code: Hex) =>
          code.replaceAll(marketplace?.slice(2).toLowerCase() ?? "", "00".repeat(19).concat("01")),
      ],
      ["ProofArbiter code", proof, (code: Hex) => `${code.slice(0, -2)}00`],
      // A clock that the Marketplace does not wait for.
      [
        "ProofArbiter rules in time",
        proof,
        (code: Hex) => code.replaceAll(word(3600), word(302_400)),
      ],
      ["ProofArbiter parameters", proof, (code: Hex) => code.replaceAll(word(3600), word(0))],
      ["Offers code", offers, (code: Hex) => `${code.slice(0, -2)}00`],
      [
        "Offers serves the Marketplace",
        offers,
        (code: Hex) =>
          code.replaceAll(marketplace?.slice(2).toLowerCase() ?? "", "00".repeat(19).concat("01")),
      ],
    ] as [string, Address, (code: Hex) => Hex][]) {
      const code = (await here.reader().getCode({ address })) ?? "0x";
      const bytecode = change(code);
      expect(bytecode).not.toBe(code);
      await client.setCode({ address, bytecode });
      await wrong(check);
      await client.setCode({ address, bytecode: code });
    }
    expect(await here.verify()).toMatchObject({ code: 0 });
  });

  test("has the source verified by Sourcify, and by Etherscan with a key", async () => {
    await here.startChain();
    expect(await here.deploy(["--yes"])).toMatchObject({ code: 0 });
    const services = await startSourceServices(here.started);
    const { sourcifyUrl, etherscanUrl, submissions } = services;
    const publishing = () =>
      here.verify(
        ["--publish-source", "--sourcify-url", sourcifyUrl, "--etherscan-url", etherscanUrl],
        { ETHERSCAN_API_KEY: "0123secret" },
      );
    const { code, json } = await publishing();
    expect(code).toBe(0);
    expect(json?.published).toEqual(["Sourcify", "Etherscan"]);
    expect(submissions).toHaveLength(16);
    for (const service of ["sourcify", "etherscan"]) {
      const names = submissions.filter((one) => one.service === service);
      expect(names.map(({ contract }) => contract.replace(/.*:/, "")).toSorted()).toEqual([
        ...["BlockRandomness", "HostStepVerifier", "InstructionVerifier", "JuryArbiter"],
        ...["Marketplace", "ProofArbiter", "Remedies"],
      ]);
    }
    const market = submissions.find(({ contract }) => contract.endsWith(":Marketplace"));
    expect(market).toMatchObject({ chainId: String(CHAIN_ID), address: json?.marketplace });
    expect(market?.input.sources).toHaveProperty([market?.contract.replace(/:.*/, "") ?? ""]);
    const libraries = market?.input.settings.libraries as Record<string, object>;
    expect(Object.values(libraries ?? {})).toEqual([
      { Remedies: expect.stringMatching(/^0x[\da-fA-F]{40}$/) },
    ]);
    const delay = submissions.findLast(({ contract }) => contract.endsWith(":BlockRandomness"));
    expect(delay?.constructorArguments).toBe("1".padStart(64, "0"));

    // Who compiles it anew is told how often each instruction is taken to be carried out.
    const runsOf = (name: string) => {
      const one = submissions.find(({ contract }) => contract.endsWith(`:${name}`));
      return (one?.input.settings.optimizer as { runs: number } | undefined)?.runs;
    };
    expect([runsOf("ProofArbiter"), runsOf("JuryArbiter")]).toEqual([1_000_000, 2_000]);

    services.refuse();
    const refused = await publishing();
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("Sourcify did not verify the source: The onchain and recompiled"),
    ]);
  });
});

/** A number as it stands in code. */
function word(value: number): string {
  return value.toString(16).padStart(64, "0");
}
