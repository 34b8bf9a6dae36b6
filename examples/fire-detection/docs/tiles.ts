import { table } from "../src/accuracy/markdown.ts";

/** The line of JSON that `npm run example:fire -- --tiles N --json` ends with, as far as the README shows it. */
export interface TileFigures {
  tiles: number;
  workers: number;
  rewardPerTileWei: string;
  challenges: number;
  gasPerTile: number;
  gasTotal: number;
  gasOfDispute: number;
  iexecGasPerTask: number;
  iexecSingleGasPerTask: number;
  lilypadGasPerTask: number;
  secondsTotal: number;
  rssMb: number;
}

const count = (value: number) => Math.round(value).toLocaleString("en-US");

/** What the README says a tile costs. */
export function tilesMarkdown(figures: TileFigures): string {
  const { challenges, gasPerTile, gasTotal, gasOfDispute, rewardPerTileWei } = figures;
  const disputes = challenges === 1 ? "a dispute" : `${challenges} disputes`;
  const peers: readonly (readonly [string, number])[] = [
    ["iExec, ten tasks in a bag, two workers", figures.iexecGasPerTask],
    ["iExec, a single task", figures.iexecSingleGasPerTask],
    ["Lilypad", figures.lilypadGasPerTask],
  ];
  const rows = [
    [`Assay, with ${disputes}`, gasPerTile.toFixed(1), ""],
    ...peers.map(([name, gas]) => [name, count(gas), `${count(gas / gasPerTile)} ×`]),
  ];
  return `${table(["a tile", "gas", "of ours"], rows)}

Gas is paid by batch and by dispute, not by tile: ${count(gasTotal)} in total here, ${count(gasOfDispute)} of it in ${disputes}. At 1 gwei a gas a tile costs
${count(gasPerTile)} gwei besides the ${Number(rewardPerTileWei) / 1e18} ETH that it pays its worker. The run took ${count(figures.secondsTotal)} s on two cores and ${(figures.rssMb / 1_000).toFixed(1)} GB of memory in the
requester, which makes the scene and holds all inputs and results.`;
}
