import { AssayError } from "@assay/sdk";

export class RelayListenError extends AssayError {
  readonly code = "RELAY_LISTEN";
  readonly retryable = false;

  constructor({ host, port }: { host: string; port: number }, cause: unknown) {
    const { code, message } = cause as NodeJS.ErrnoException;
    super(`${host}:${port} cannot be listened on (${code ?? message}): choose another --listen.`, {
      cause,
    });
  }
}
