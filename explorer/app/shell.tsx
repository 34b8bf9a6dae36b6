import { isAddress, isHash } from "viem";
import { shortHash, shownLine } from "./format/text.ts";
import { useHead } from "./market/head.ts";
import { useMarket } from "./market/market.ts";
import { accountPath, jobPath } from "./route/route.ts";

const PLACES = [
  ["jobs", "Jobs"],
  ["disputes", "Disputes"],
  ["network", "Network"],
  ["parameters", "Parameters"],
] as const;

export function Nav({ route }: { route: readonly string[] }) {
  const { number, problem } = useHead();
  const { chain } = useMarket();
  const place = route[0] ?? "jobs";
  return (
    <header class="nav">
      <div>
        <a class="brand" href="#/jobs">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M8 23 16 8l8 15M11.2 17.5h9.6" />
          </svg>
          Assay
        </a>
        <nav aria-label="Main">
          {PLACES.map(([path, name]) => (
            <a key={path} href={`#/${path}`} aria-current={place === path ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <Search />
        <span class={`block ${problem === undefined ? "" : "lost"}`} title={`chain ${chain.id}`}>
          <i aria-hidden="true" />
          <span class="number">
            {number === undefined ? "…" : `Block ${number.toLocaleString("en")}`}
          </span>
        </span>
      </div>
    </header>
  );
}

function Search() {
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.querySelector("input");
          const text = field?.value.trim() ?? "";
          const isKnown = isHash(text) || isAddress(text);
          field?.setCustomValidity(isKnown ? "" : "Give the id of a job, or an address.");
          if (!isKnown) return void field?.reportValidity();
          location.hash = isHash(text) ? jobPath(text) : accountPath(text);
          if (field) field.value = "";
        }}
      >
        <input
          type="search"
          aria-label="Job or account"
          placeholder="Job or account"
          spellcheck={false}
          autoComplete="off"
          onInput={(event) => event.currentTarget.setCustomValidity("")}
        />
      </form>
    </search>
  );
}

export function Footer() {
  const { settings, chain } = useMarket();
  return (
    <footer class="foot">
      <div>
        Read from <bdi class="mono">{shownLine(settings.rpc, 60)}</bdi>, chain {chain.id},
        Marketplace <span class="mono">{shortHash(settings.marketplace)}</span>.{" "}
        <a href="#/connect">Change</a>
      </div>
    </footer>
  );
}
