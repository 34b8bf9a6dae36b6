import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { AbortOptions } from "@assay/sdk";
import { DOMParser, type Element } from "@xmldom/xmldom";
import { parseGdalNumber } from "./gdalNumber.ts";
import type { Tags } from "./tags.ts";

/** The metadata of a band of a GeoTIFF file. */
export interface BandNote {
  description: string | undefined;
  /** quantity = DN · scale + offset, as GDAL has it; undefined where the file is silent. */
  scale: number | undefined;
  offset: number | undefined;
}

/** Metadata from the file's tags and from the `.aux.xml` file beside it, which has precedence, as in GDAL. */
export interface GdalMetadata {
  bands: (BandNote & { nodata: string | undefined; isAlpha: boolean | undefined })[];
  /** The nodata value of the whole file. */
  nodata: string | undefined;
  /** One number a band: a pixel was not measured where all bands have theirs. */
  nodataValues: string | undefined;
  /** Metadata of the whole file, by name in capitals. */
  items: ReadonlyMap<string, string>;
  warnings: string[];
}

/** A line of metadata, wherever it stands. */
interface Note {
  /** From 0; undefined for the whole file. */
  band: number | undefined;
  role: string;
  text: string;
}

/** A note with the role of a name in the file's metadata, which are no instruction. */
const ITEM = "item:";

export async function readGdalMetadata(
  path: string,
  tags: Tags,
  { count, signal }: AbortOptions & { count: number },
): Promise<GdalMetadata> {
  const name = basename(path);
  const warnings: string[] = [];
  const read = (where: string, xml: string | undefined, notesOf: (root: Element) => Note[]) => {
    if (xml === undefined || xml.trim() === "") return [];
    const root = parseXml(xml);
    if (root !== undefined) return notesOf(root);
    warnings.push(
      `${where} is not well-formed XML and is ignored, with its scales, offsets, names and nodata values.`,
    );
    return [];
  };
  const aside = `${path}.aux.xml`;
  const own = read(`The GDAL_METADATA tag of ${name}`, await tags.text("GDAL_METADATA"), ownNotes);
  const beside = read(basename(aside), await readBeside(aside, signal), besideNotes);
  // Later notes win.
  const notes = [...own, ...beside];
  const find = (band: number | undefined, role: string) =>
    notes.findLast((note) => note.band === band && note.role === role)?.text;
  const number = (band: number, role: "scale" | "offset") => {
    const text = find(band, role);
    if (text === undefined) return undefined;
    const { value, isWhole } = parseGdalNumber(text);
    if (isWhole && Number.isFinite(value) && (role === "offset" || value !== 0)) return value;
    warnings.push(
      `The ${role} of band ${band} of ${name}, "${text}", is not a usable number and is ignored.`,
    );
    return undefined;
  };
  const bands = Array.from({ length: count }, (_, band) => {
    const colour = find(band, "colorinterp");
    return {
      description: find(band, "description")?.trim() || undefined,
      scale: number(band, "scale"),
      offset: number(band, "offset"),
      nodata: find(band, "nodata"),
      isAlpha: colour === undefined ? undefined : colour.trim().toLowerCase() === "alpha",
    };
  });
  const items = new Map(
    notes
      .filter(({ band, role }) => band === undefined && role.startsWith(ITEM))
      .map(({ role, text }) => [role.slice(ITEM.length).toUpperCase(), text]),
  );
  return {
    bands,
    items,
    warnings,
    nodata: await tags.text("GDAL_NODATA"),
    nodataValues: find(undefined, `${ITEM}NODATA_VALUES`),
  };
}

async function readBeside(path: string, signal: AbortSignal | undefined) {
  return readFile(path, { encoding: "utf8", signal }).catch(() => {
    signal?.throwIfAborted();
    return undefined; // hardly any file has one
  });
}

/** `<GDALMetadata><Item name="SCALE" sample="0" role="scale">0.0001</Item>…` */
function ownNotes(root: Element): Note[] {
  return elements(root, "item")
    .filter((item) => attribute(item, "domain") === "")
    .map((item) => {
      const sample = attribute(item, "sample");
      const role = attribute(item, "role").toLowerCase();
      const band = sample === "" ? undefined : Number(sample);
      const isInstruction = band !== undefined && role !== "" && role !== "nodata";
      const text = item.textContent ?? "";
      return { band, role: isInstruction ? role : ITEM + attribute(item, "name"), text };
    });
}

const PAM_ROLES: Readonly<Record<string, string>> = {
  description: "description",
  scale: "scale",
  offset: "offset",
  nodatavalue: "nodata",
  colorinterp: "colorinterp",
};

/** `<PAMDataset><Metadata><MDI key="…">…</MDI></Metadata><PAMRasterBand band="1"><NoDataValue>0</NoDataValue>…` */
function besideNotes(root: Element): Note[] {
  const ofFile = children(root)
    .filter((node) => tag(node) === "metadata" && attribute(node, "domain") === "")
    .flatMap((node) => elements(node, "mdi"))
    .map((item) => ({
      band: undefined,
      role: ITEM + attribute(item, "key"),
      text: item.textContent ?? "",
    }));
  const ofBands = children(root)
    .filter((node) => tag(node) === "pamrasterband")
    .flatMap((node) =>
      children(node).flatMap((child) => {
        const role = PAM_ROLES[tag(child)];
        const band = Number(attribute(node, "band")) - 1;
        return role === undefined ? [] : [{ band, role, text: exactText(child) }];
      }),
    );
  return [...ofFile, ...ofBands];
}

/** Numbers may come with their bytes besides, because decimals are rounded. */
function exactText(node: Element): string {
  const hex = attribute(node, "le_hex_equiv");
  if (!/^[0-9a-f]{16}$/i.test(hex)) return node.textContent ?? "";
  return String(Buffer.from(hex, "hex").readDoubleLE());
}

function parseXml(text: string): Element | undefined {
  try {
    const parser = new DOMParser({
      onError: (level, message) => {
        if (level !== "warning") throw new TypeError(message);
      },
    });
    return parser.parseFromString(text.trim(), "text/xml").documentElement ?? undefined;
  } catch {
    return undefined;
  }
}

function children(node: Element): Element[] {
  return [...node.childNodes].filter((child): child is Element => child.nodeType === 1);
}

function elements(node: Element, name: string): Element[] {
  return children(node).filter((child) => tag(child) === name);
}

/** GDAL does not tell capitals from small letters here. */
const tag = (node: Element) => node.nodeName.toLowerCase();
const attribute = (node: Element, name: string) => node.getAttribute(name) ?? "";
