import type { SKRSContext2D } from "@napi-rs/canvas";
import { COLOURS } from "../../../../shared/src/drawing/theme.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";
import type { Pixel } from "../../scene/scene.ts";

export type MarkKind = "fire" | "false" | "missed";

/** Pixels by what a reader should know about them. Without a truth all detections are fires. */
export type Marks = Readonly<Record<MarkKind, readonly Pixel[]>>;

export function marksOf(detections: readonly Pixel[], evaluation: Evaluation | undefined): Marks {
  if (evaluation === undefined) return { fire: detections, false: [], missed: [] };
  return {
    fire: evaluation.truePositives,
    false: evaluation.falsePositives,
    missed: evaluation.falseNegatives,
  };
}

/** Part of a scene and where it is drawn. */
export interface View {
  /** First column and row shown. */
  x: number;
  y: number;
  /** Canvas pixels a scene pixel. */
  zoom: number;
  left: number;
  top: number;
}

/** Draws every marked pixel: filled on a map, where a pixel is tiny; as a frame when its colours can be seen. */
export function drawMarks(context: SKRSContext2D, marks: Marks, view: View): void {
  const framed = view.zoom >= 4;
  for (const kind of ["missed", "false", "fire"] as const) {
    context.fillStyle = COLOURS[kind];
    context.strokeStyle = COLOURS[kind];
    context.lineWidth = 1.4;
    for (const { x, y } of marks[kind]) {
      const left = view.left + (x - view.x) * view.zoom;
      const top = view.top + (y - view.y) * view.zoom;
      if (framed) context.strokeRect(left + 1, top + 1, view.zoom - 2, view.zoom - 2);
      else {
        const side = Math.max(view.zoom, 1.7);
        context.fillRect(left + (view.zoom - side) / 2, top + (view.zoom - side) / 2, side, side);
      }
    }
  }
}
