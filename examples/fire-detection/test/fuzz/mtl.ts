import type { Random } from "../../src/synthetic/random.ts";

const KEYS = [
  "SPACECRAFT_ID",
  "SENSOR_ID",
  "PROCESSING_LEVEL",
  "DATA_TYPE",
  "SUN_ELEVATION",
  "DATE_ACQUIRED",
  "SCENE_CENTER_TIME",
  "REFLECTANCE_MULT_BAND_1",
  "REFLECTANCE_ADD_BAND_7",
  "FILE_NAME_BAND_3",
  "FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION",
  "__proto__",
  "constructor",
  "GROUP",
  "END_GROUP",
  "END",
];
const VALUES = [
  "",
  '"',
  '""',
  "0",
  "-1",
  "91",
  "1e400",
  "-0",
  "0x10",
  "NaN",
  "Infinity",
  "null",
  "{}",
  "[1,2]",
  "45,5",
  "1_000",
  "LANDSAT_8",
  "LANDSAT_7",
  "OLI_TIRS",
  "L2SP",
  "L1TP",
  "2023-02-30",
  "2023-13-01",
  "25:61:61.5Z",
  "../../x",
  "a\\u0000b",
  "\\ud800",
  "é",
  "\t",
  " ".repeat(50),
  "9".repeat(400),
];

/** Metadata that are nearly Landsat's: lines changed, lost, doubled, and characters besides. */
export function mutatedMetadata(random: Random, starts: readonly string[]): string {
  const below = (n: number) => Math.floor(random.next() * n);
  const pick = (of: readonly string[]): string => of[below(of.length)] ?? "";
  const lines = pick(starts).split("\n");
  for (let changes = 1 + below(3); changes > 0; changes--) {
    const at = below(lines.length);
    const line = lines[at] ?? "";
    switch (below(7)) {
      case 0:
        lines[at] = line.replace(
          /([=:]\s*).*?(,?)$/,
          (_, sign, comma) => `${sign}${JSON.stringify(pick(VALUES))}${comma}`,
        );
        break;
      case 1:
        lines[at] = line.replace(
          /([=:]\s*).*?(,?)$/,
          (_, sign, comma) => `${sign}${pick(VALUES)}${comma}`,
        );
        break;
      case 2:
        lines.splice(at, 1);
        break;
      case 3:
        lines.splice(at, 0, line.replace(/[A-Z0-9_]+/, pick(KEYS)));
        break;
      case 4:
        lines.splice(at, 0, `${pick(KEYS)} = ${pick(VALUES)}`);
        break;
      case 5:
        if (random.next() < 0.2) lines.length = at;
        break;
      default: {
        const where = below(line.length + 1);
        lines[at] =
          line.slice(0, where) + String.fromCodePoint(below(0xd800)) + line.slice(where + 1);
      }
    }
  }
  return lines.join("\n");
}
