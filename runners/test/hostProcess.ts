/** `node hostProcess.ts`: a host that prints its URL, and drains on SIGTERM. */
import { serveRunner } from "../src/http/index.ts";

const host = await serveRunner({ processes: 1, token: "secret" });
process.once("SIGTERM", async () => {
  await host.close();
  process.exit(0);
});
process.stdout.write(`${host.url}\n`);
