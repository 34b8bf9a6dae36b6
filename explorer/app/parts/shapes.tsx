import type { JSX } from "preact";

/** Every state has a colour and a shape, so that neither is needed alone. */
export type Kind =
  | "open"
  | "claimed"
  | "submitted"
  | "settled"
  | "questioned"
  | "void"
  | "wrong"
  | "ok";

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  open: "Open",
  claimed: "Computing",
  submitted: "In its window",
  settled: "Paid",
  questioned: "In question",
  void: "Refunded",
  wrong: "Found wrong",
  ok: "OK",
};

const SHAPES: Readonly<Record<Kind, JSX.Element>> = {
  open: <circle cx="8" cy="8" r="5" class="outline" />,
  claimed: (
    <>
      <circle cx="8" cy="8" r="5" class="outline" />
      <path d="M8 3a5 5 0 0 1 0 10z" class="fill" />
    </>
  ),
  submitted: (
    <>
      <circle cx="8" cy="8" r="5" class="outline" />
      <path d="M8 5.2V8l2 1.6" class="outline" />
    </>
  ),
  settled: (
    <>
      <circle cx="8" cy="8" r="5.7" class="fill" />
      <path d="M5.6 8.2 7.4 10l3.1-3.7" class="cut" />
    </>
  ),
  questioned: (
    <>
      <path d="M8 1.8 14.2 8 8 14.2 1.8 8z" class="fill" />
      <path d="M8 5v3.4M8 10.6v.3" class="cut" />
    </>
  ),
  void: (
    <>
      <rect x="3.2" y="3.2" width="9.6" height="9.6" rx="1.5" class="outline" />
      <path d="M5 11l6-6" class="outline" />
    </>
  ),
  wrong: (
    <>
      <rect x="2.6" y="2.6" width="10.8" height="10.8" rx="2" class="fill" />
      <path d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6" class="cut" />
    </>
  ),
  ok: <path d="M3.6 8.4 6.6 11.4 12.4 5" class="outline" />,
};

/** All shapes, once in a page; {@link Shape} shows one. */
export function ShapeSheet() {
  return (
    <svg class="sheet" aria-hidden="true">
      {Object.entries(SHAPES).map(([kind, shape]) => (
        <symbol key={kind} id={`shape-${kind}`} viewBox="0 0 16 16">
          {shape}
        </symbol>
      ))}
    </svg>
  );
}

export function Shape({ kind }: { kind: Kind }) {
  return (
    <svg class={`shape ${kind}`} aria-hidden="true">
      <use href={`#shape-${kind}`} />
    </svg>
  );
}

export function State({ kind, children }: { kind: Kind; children?: JSX.Element | string }) {
  return (
    <span class={`state ${kind}`}>
      <Shape kind={kind} />
      <span>{children ?? KIND_NAMES[kind]}</span>
    </span>
  );
}
