import { BAND_NAMES, type BandIndices, type BandName } from "./scene.ts";

/** What the bands are taken to be where neither the file nor the user says. */
export const DEFAULT_BANDS: BandIndices = { "12": 0, "11": 1, nir: 2 };

/** How a file may name each band, best first: B8A is the near-infrared that HOTMAP was made for, B9 a stand-in. */
const SPELLINGS: Readonly<Record<BandName, readonly RegExp[]>> = {
  "12": [/\bB12\b/i],
  "11": [/\bB11\b/i],
  nir: [/\bB8A\b/i, /\bB0?8\b/i, /\bnir\b/i, /\bB0?9\b/i],
};

/**
 * Finds the three bands by the names that a file gives its bands, for example `20m: B12 2190nm`.
 * @param descriptions - one text a band, in file order; undefined where the file is silent.
 * @returns undefined unless all three were found.
 */
export function findBands(descriptions: readonly (string | undefined)[]): BandIndices | undefined {
  const found: Partial<Record<BandName, number>> = {};
  for (const name of BAND_NAMES) {
    for (const spelling of SPELLINGS[name]) {
      const index = descriptions.findIndex((text) => text !== undefined && spelling.test(text));
      if (index === -1) continue;
      found[name] = index;
      break;
    }
  }
  const { "12": b12, "11": b11, nir } = found;
  return b12 === undefined || b11 === undefined || nir === undefined
    ? undefined
    : { "12": b12, "11": b11, nir };
}

/** Which bands the file itself calls something else than the user does: one line each. */
export function contradictions(
  bands: BandIndices,
  descriptions: readonly (string | undefined)[],
): string[] {
  const named = findBands(descriptions);
  if (named === undefined) return [];
  return BAND_NAMES.filter((name) => {
    const text = descriptions[bands[name]];
    const matches = text !== undefined && SPELLINGS[name].some((spelling) => spelling.test(text));
    return text !== undefined && !matches;
  }).map(
    (name) =>
      `Band ${bands[name]} is read as ${name}, but the file calls it "${descriptions[bands[name]]}": --bands ${formatBands(named)} would follow the file.`,
  );
}

/** As the `--bands` flag writes it: `12=0,11=1,nir=2`. */
export function formatBands(bands: BandIndices): string {
  return BAND_NAMES.map((name) => `${name}=${bands[name]}`).join(",");
}
