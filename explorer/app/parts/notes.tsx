import type { ComponentChildren } from "preact";
import { Line } from "./text.tsx";

/** What went wrong, in the words of who says so. */
export function messageOf(error: unknown): string {
  // Those of the SDK and of viem have a short one. Scripts have classes of their own, so that no class would tell.
  const { shortMessage } = Object(error) as { shortMessage?: unknown };
  if (typeof shortMessage === "string") return shortMessage;
  return error instanceof Error ? error.message : String(error);
}

export function Problem({ error, what }: { error: unknown; what?: string }) {
  return (
    <p class="note problem" role="alert">
      {what !== undefined && <strong>{what} </strong>}
      <Line text={messageOf(error)} most={400} />
    </p>
  );
}

export function Note({ children }: { children: ComponentChildren }) {
  return <p class="note">{children}</p>;
}

export function Waiting({ what }: { what: string }) {
  return (
    <p class="faint waiting" role="status">
      Reading {what}…
    </p>
  );
}
