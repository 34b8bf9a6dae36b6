import { useEffect, useMemo, useState } from "preact/hooks";
import { shownBytes } from "../format/amount.ts";
import { LongText, Scrolled } from "../parts/text.tsx";
import { look, type Seen, type ViewKind } from "./kind.ts";
import { MapView } from "./map.tsx";

const NAMES: Readonly<Record<ViewKind, string>> = {
  map: "Map",
  json: "JSON",
  image: "Image",
  text: "Text",
  hex: "Hex",
};

/** Bytes of strangers, by what they look like; the reader can choose otherwise. */
export function Viewer({ bytes, name }: { bytes: Uint8Array; name: string }) {
  const seen = useMemo(() => look(bytes), [bytes]);
  const [chosen, choose] = useState<ViewKind>();
  const kind = chosen !== undefined && seen.kinds.includes(chosen) ? chosen : seen.kinds[0];
  return (
    <div class="viewer">
      <fieldset class="tabs" aria-label={`How to show the ${name}`}>
        {seen.kinds.map((one) => (
          <button key={one} type="button" aria-pressed={one === kind} onClick={() => choose(one)}>
            {NAMES[one]}
          </button>
        ))}
        <span class="faint number">{shownBytes(bytes.length)}</span>
      </fieldset>
      <Shown kind={kind ?? "hex"} seen={seen} bytes={bytes} />
    </div>
  );
}

function Shown({ kind, seen, bytes }: { kind: ViewKind; seen: Seen; bytes: Uint8Array }) {
  switch (kind) {
    case "map":
      return <MapView json={seen.json} />;
    case "json":
      return <LongText text={JSON.stringify(seen.json, null, 2)} />;
    case "image":
      return <ImageView bytes={bytes} type={seen.image ?? ""} />;
    case "text":
      return <LongText text={seen.text ?? ""} />;
    case "hex":
      return <HexView bytes={bytes} />;
  }
}

/** The bytes as a blob: an image cannot fetch anything, and SVG, which can hold scripts, is not one of these types. */
function ImageView({ bytes, type }: { bytes: Uint8Array; type: string }) {
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const url = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type }));
    setUrl(url);
    return () => URL.revokeObjectURL(url);
  }, [bytes, type]);
  if (isBroken) return <p class="faint">It begins as an image, and is none.</p>;
  return url === undefined ? null : (
    <img class="image" src={url} alt="The result" onError={() => setBroken(true)} />
  );
}

const LINE = 16;
/** Lines that are shown at first. */
const LINES = 32;

function HexView({ bytes }: { bytes: Uint8Array }) {
  const [lines, setLines] = useState(LINES);
  const all = Math.ceil(bytes.length / LINE);
  const shown = Array.from({ length: Math.min(lines, all) }, (_, index) => {
    const part = bytes.subarray(index * LINE, (index + 1) * LINE);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = Array.from(part, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·",
    ).join("");
    return `${(index * LINE).toString(16).padStart(6, "0")}  ${hex.padEnd(3 * LINE)} ${text}`;
  });
  return (
    <>
      <Scrolled class="hex">{bytes.length === 0 ? "no bytes" : shown.join("\n")}</Scrolled>
      {all > lines && (
        <button type="button" class="quiet" onClick={() => setLines(lines * 8)}>
          Show more
        </button>
      )}
    </>
  );
}
