import { useState } from "preact/hooks";
import {
  keepSettings,
  type Proposal,
  parseSettings,
  proposed,
  type Settings,
} from "../config/settings.ts";
import { Title } from "../parts/layout.tsx";

const FIELDS: readonly [keyof Proposal, string, string, boolean][] = [
  ["rpc", "JSON-RPC of the chain", "http://127.0.0.1:8545", true],
  ["marketplace", "Address of the Marketplace", "0x…", true],
  ["gateway", "Trustless gateway, for results", "https://trustless-gateway.link", false],
  ["node", "Read-only API of a node, for the network", "http://127.0.0.1:9470", false],
];

/** Asks where to look. What a link proposes is filled in, and taken when it is confirmed. */
export function ConnectPage({ onSettings }: { onSettings: (settings: Settings) => void }) {
  const [problem, setProblem] = useState("");
  const proposal = proposed();
  return (
    <>
      <Title title="Connect" />
      <p>
        These pages read a chain by themselves. Give an endpoint that you trust: what it says is
        what you see.
      </p>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          const values = Object.fromEntries(
            [...new FormData(event.currentTarget)].flatMap(([name, value]) =>
              String(value).trim() === "" ? [] : [[name, String(value).trim()]],
            ),
          );
          const settings = parseSettings(values);
          if (settings === undefined) return setProblem("Check the URL and the address.");
          keepSettings(values);
          onSettings(settings);
        }}
      >
        {FIELDS.map(([name, label, example, required]) => (
          <label key={name}>
            <span>
              {label}
              {!required && <span class="faint"> (optional)</span>}
            </span>
            <input
              name={name}
              required={required}
              placeholder={example}
              defaultValue={proposal[name] ?? ""}
              spellcheck={false}
              autoComplete="off"
            />
          </label>
        ))}
        {problem !== "" && (
          <p class="note problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="button">
          Connect
        </button>
      </form>
    </>
  );
}
