import type { Scene } from "../scene/scene.ts";
import type { Algorithm } from "./algorithm.ts";

/** Bits of a fire's class. */
const METHODS = { schroeder: 1, murphy: 2, "kumar-roy": 4 } as const;

const LANDSAT = {
  sensor: "landsat",
  program: "landsat",
  bands: ["1", "2", "3", "4", "5", "6", "7", "radsat"],
  /** The largest window reaches 30 pixels, and one's place in its background depends on its neighbours. */
  halo: 31,
  /** Four passes over 61 × 61 pixels for each of two methods, if every pixel of a tile is a candidate. */
  steps: { pixel: 2_000, fire: 8 * 61 ** 2 * 80 },
  values: [
    { name: "reflectance_b7", decimals: 5 },
    { name: "reflectance_b6", decimals: 5 },
    { name: "reflectance_b5", decimals: 5 },
    { name: "reflectance_b4", decimals: 5 },
  ],
} as const satisfies Partial<Algorithm>;

/**
 * @param methods - sum of {@link METHODS} to run.
 * @param votes - how many of them make a fire.
 */
function landsatParameters(methods: number, votes: number) {
  return ({ sunElevation = 90 }: Scene) => [
    Math.sin((sunElevation * Math.PI) / 180),
    methods,
    votes,
  ];
}

/** Classes of fires: the methods that found it, for example `schroeder+murphy`. */
const RULES: ReadonlyMap<number, string> = new Map(
  Array.from({ length: 7 }, (_, i) => [
    i + 1,
    Object.entries(METHODS)
      .filter(([, bit]) => ((i + 1) & bit) !== 0)
      .map(([name]) => name)
      .join("+"),
  ]),
);

function single(name: keyof typeof METHODS, citation: string): Algorithm {
  return {
    ...LANDSAT,
    name,
    citation,
    parameters: landsatParameters(METHODS[name], 1),
    rules: new Map([[METHODS[name], name]]),
  };
}

export const SCHROEDER = single("schroeder", "Schroeder et al. 2016");
export const MURPHY = single("murphy", "HOTMAP, Murphy et al. 2016");
export const KUMAR_ROY = single("kumar-roy", "Kumar & Roy 2018");

export const VOTE: Algorithm = {
  ...LANDSAT,
  name: "vote",
  citation: "2 of Schroeder 2016, Murphy 2016, Kumar & Roy 2018",
  parameters: landsatParameters(7, 2),
  rules: new Map([...RULES].filter(([, name]) => name.includes("+"))),
};
