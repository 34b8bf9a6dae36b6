import { once } from "node:events";
import { createServer } from "node:net";
import { LocalnetError } from "./errors.ts";

/** Where a local chain listens. */
export const HOST = "127.0.0.1";

export function portTaken(port: number): LocalnetError {
  return new LocalnetError(
    "PORT_TAKEN",
    `Port ${port} is taken: choose another with --port, or leave the flag out to take a free one.`,
  );
}

/**
 * Checks a chain's port before anything is started for it: the chain would find out seconds later.
 *
 * @throws {@link LocalnetError} `PORT_TAKEN`.
 */
export async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer().listen(port, HOST);
  try {
    await once(server, "listening");
  } catch (error) {
    // Whatever else is wrong with it, the chain says.
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") throw portTaken(port);
    return;
  }
  server.close();
  await once(server, "close");
}
