import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Started } from "../../worker/test/network.ts";

/** What a service was asked to verify. */
export interface Submission {
  service: "sourcify" | "etherscan";
  chainId: string;
  address: string;
  /** `project/contracts/market/Marketplace.sol:Marketplace` */
  contract: string;
  compiler: string;
  input: { sources: Record<string, { content: string }>; settings: Record<string, unknown> };
  constructorArguments?: string;
}

/** Stand-ins for Sourcify and Etherscan on this machine, as their APIs of version 2 answer. */
export interface SourceServices {
  sourcifyUrl: string;
  etherscanUrl: string;
  submissions: Submission[];
  /** From now on both say that the code does not match, and repeat what they were sent. */
  refuse(): void;
}

export async function startSourceServices(started: Started): Promise<SourceServices> {
  const submissions: Submission[] = [];
  /** Jobs that were asked about once: until then they are under way. */
  const asked = new Set<string>();
  let isRefusing = false;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const body = await text(request);
    if (url.pathname.startsWith("/v2/verify")) answerSourcify(request, response, url, body);
    else answerEtherscan(response, url, new URLSearchParams(body));
  });

  function answerSourcify(
    { method }: IncomingMessage,
    response: ServerResponse,
    url: URL,
    body: string,
  ) {
    const [, , , first = "", second = ""] = url.pathname.split("/");
    if (method === "POST") {
      const { stdJsonInput: input, compilerVersion: compiler, ...rest } = JSON.parse(body);
      const contract = rest.contractIdentifier;
      submissions.push({
        service: "sourcify",
        chainId: first,
        address: second,
        contract,
        compiler,
        input,
      });
      return reply(response, 202, { verificationId: `job-${submissions.length}` });
    }
    if (!asked.has(first)) {
      asked.add(first);
      return reply(response, 200, { isJobCompleted: false, verificationId: first });
    }
    const error = {
      customCode: "no_match",
      message: "The onchain and recompiled bytecodes don't match.",
    };
    const outcome = isRefusing ? { error } : { contract: { match: "exact_match" } };
    return reply(response, 200, { isJobCompleted: true, verificationId: first, ...outcome });
  }

  function answerEtherscan(response: ServerResponse, url: URL, form: URLSearchParams) {
    if (url.searchParams.get("action") === "verifysourcecode") {
      submissions.push({
        service: "etherscan",
        chainId: url.searchParams.get("chainid") ?? "",
        address: form.get("contractaddress") ?? "",
        contract: form.get("contractname") ?? "",
        compiler: form.get("compilerversion") ?? "",
        input: JSON.parse(form.get("sourceCode") ?? ""),
        constructorArguments: form.get("constructorArguments") ?? "",
      });
      if (!isRefusing) return reply(response, 200, { status: "1", message: "OK", result: "guid" });
      return reply(response, 200, {
        status: "0",
        message: "NOTOK",
        result: `Bad key ${url.searchParams.get("apikey")}`,
      });
    }
    return reply(response, 200, { status: "1", message: "OK", result: "Pass - Verified" });
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  started.add(() => server.close());
  const { port } = server.address() as AddressInfo;
  return {
    sourcifyUrl: `http://127.0.0.1:${port}`,
    etherscanUrl: `http://127.0.0.1:${port}/v2/api`,
    submissions,
    refuse() {
      isRefusing = true;
    },
  };
}

function reply(response: ServerResponse, status: number, json: object): ServerResponse {
  const headers = { "content-type": "application/json" };
  return response.writeHead(status, headers).end(JSON.stringify(json));
}
