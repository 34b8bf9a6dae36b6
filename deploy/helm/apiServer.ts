import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { freePort } from "../../test/fixtures/freePort.ts";

/** Whether the parts of a control plane that take and keep resources are on the PATH. */
export const hasApiServer = ["kube-apiserver", "etcd"].every(
  (program) => spawnSync(program, ["--version"]).status === 0,
);

/** A Kubernetes API server with its etcd. There are no controllers and no nodes: what is taken is kept, and nothing of it runs. */
export interface ApiServer extends AsyncDisposable {
  /** For `KUBECONFIG`: of an administrator. */
  kubeconfig: string;
  /**
   * What it has at a path; or what it makes of what is posted there.
   * @throws with its own words, when it refuses.
   */
  ask(path: string, posted?: object): Promise<unknown>;
}

export async function startApiServer(): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), "assay-kubernetes-"));
  const children: ChildProcess[] = [];
  async function stop() {
    for (const child of children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    await rm(folder, { recursive: true });
  }
  const start = (program: string, options: Record<string, string>) => {
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    children.push(child);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2_000);
    });
    return () => {
      if (child.exitCode !== null) throw new Error(`${program} ended:\n${said}`);
    };
  };

  try {
    const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
    const etcd = `http://127.0.0.1:${client}`;
    const cluster = `http://127.0.0.1:${peer}`;
    const checkEtcd = start("etcd", {
      ...{ "data-dir": join(folder, "etcd"), "unsafe-no-fsync": "true" },
      ...{ "listen-client-urls": etcd, "advertise-client-urls": etcd },
      ...{ "listen-peer-urls": cluster, "initial-advertise-peer-urls": cluster },
      "initial-cluster": `default=${cluster}`,
    });
    const token = randomUUID();
    const tokens = join(folder, "tokens.csv");
    await writeFile(tokens, `${token},admin,admin,system:masters\n`);
    const key = join(folder, "accounts.pem");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    await writeFile(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const checkServer = start("kube-apiserver", {
      ...{ "etcd-servers": etcd, "bind-address": "127.0.0.1", "secure-port": `${port}` },
      ...{ "cert-dir": folder, "token-auth-file": tokens, "authorization-mode": "RBAC" },
      ...{ "service-account-issuer": "https://kubernetes.default.svc" },
      ...{ "service-account-key-file": key, "service-account-signing-key-file": key },
      "service-cluster-ip-range": "10.0.0.0/24",
      // A controller would make the accounts that pods have.
      "disable-admission-plugins": "ServiceAccount",
    });

    const url = `https://127.0.0.1:${port}`;
    const authority = join(folder, "apiserver.crt");
    const ask: ApiServer["ask"] = async (path, posted) => {
      const ca = await readFile(authority);
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      return send(`${url}${path}`, { ca, headers }, posted);
    };
    const check = () => {
      checkEtcd();
      checkServer();
    };
    await untilThere(() => ask("/api/v1/namespaces/default"), check);
    const kubeconfig = join(folder, "config.yaml");
    const name = "test";
    await writeFile(
      kubeconfig,
      stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": name },
        clusters: [{ name, cluster: { server: url, "certificate-authority": authority } }],
        users: [{ name, user: { token } }],
        contexts: [{ name, context: { cluster: name, user: name } }],
      }),
    );
    return { kubeconfig, ask, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param check - throws when there is no point in waiting. */
async function untilThere(read: () => Promise<unknown>, check: () => void): Promise<void> {
  for (;;) {
    check();
    try {
      await read();
      return;
    } catch {
      await sleep(100);
    }
  }
}

function send(
  url: string,
  options: { ca: Buffer; headers: Record<string, string> },
  posted: object | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const method = posted === undefined ? "GET" : "POST";
    const asked = request(url, { ...options, method, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        const isTaken = response.statusCode === 200 || response.statusCode === 201;
        if (isTaken) resolve(JSON.parse(text));
        else reject(new Error(text));
      });
    });
    asked.on("error", reject).end(posted === undefined ? undefined : JSON.stringify(posted));
  });
}
