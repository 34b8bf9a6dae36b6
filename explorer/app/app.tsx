import { useEffect, useState } from "preact/hooks";
import { loadSettings, type Settings } from "./config/settings.ts";
import { HeadProvider, useFollowedHead } from "./market/head.ts";
import { connectMarket, type Market, MarketProvider } from "./market/market.ts";
import { ConnectPage } from "./pages/connect.tsx";
import { Page } from "./pages/page.tsx";
import { Problem, Waiting } from "./parts/notes.tsx";
import { ShapeSheet } from "./parts/shapes.tsx";
import { useRoute } from "./route/route.ts";
import { Footer, Nav } from "./shell.tsx";

/** A market if there is one, `undefined` while it is looked for, `null` if it has to be asked for. */
export function App() {
  const [market, setMarket] = useState<Market | null>();
  const [error, setError] = useState<unknown>();
  const connect = (settings: Settings) => {
    setError(undefined);
    setMarket(undefined);
    connectMarket(settings).then(setMarket, setError);
  };
  useEffect(() => {
    loadSettings().then(
      (settings) => (settings === undefined ? setMarket(null) : connect(settings)),
      setError,
    );
  }, []);
  return (
    <>
      <ShapeSheet />
      {market ? (
        <Connected market={market} onSettings={connect} />
      ) : (
        <main class="page">
          {error !== undefined && <Problem error={error} what="The chain is out of reach." />}
          {market === undefined && error === undefined && <Waiting what="the chain" />}
          {(market === null || error !== undefined) && <ConnectPage onSettings={connect} />}
        </main>
      )}
    </>
  );
}

function Connected({
  market,
  onSettings,
}: {
  market: Market;
  onSettings: (settings: Settings) => void;
}) {
  const head = useFollowedHead(market.client);
  const route = useRoute();
  const path = route.join("/");
  useEffect(() => {
    scrollTo(0, 0);
    if (path !== "") document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [path]);
  return (
    <MarketProvider value={market}>
      <HeadProvider value={head}>
        <button type="button" class="skip" onClick={skip}>
          To the content
        </button>
        <Nav route={route} />
        <main id="main" class="page">
          {head.problem !== undefined && <p class="note problem">{head.problem}</p>}
          {path === "connect" ? (
            <ConnectPage
              onSettings={(settings) => {
                location.hash = "#/jobs";
                onSettings(settings);
              }}
            />
          ) : (
            <Page key={path} route={route} />
          )}
        </main>
        <Footer />
      </HeadProvider>
    </MarketProvider>
  );
}

function skip(): void {
  document.querySelector<HTMLElement>("h1")?.focus();
}
