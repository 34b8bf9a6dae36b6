import type { QuantisedConv } from "../quantise/quantisedLayer.ts";

/** Bytes of a tap in `assembly/convolve.ts`. */
const TAP_BYTES = 24;

/** Bytes of the table of a convolution's taps. */
export const tapBytes = ({ from, groups, kernel }: QuantisedConv): number =>
  (from.channels / groups) * kernel[0] * kernel[1] * TAP_BYTES;

/** The size of the image with its padding, as far as windows reach; undefined if they do not leave the image. */
export function paddedSize({ from, to, kernel, strides, dilations, pads }: QuantisedConv) {
  const rows = (to.rows - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1;
  const columns = (to.columns - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1;
  const isInside = pads.every((pad) => pad === 0) && rows <= from.rows && columns <= from.columns;
  return isInside ? undefined : { rows, columns };
}

/** Bytes that a convolution needs in between: its taps, and behind them the image with its padding. */
export function scratchBytes(layer: QuantisedConv): number {
  const padded = paddedSize(layer);
  return (
    tapBytes(layer) +
    (padded === undefined ? 0 : layer.from.channels * padded.rows * padded.columns)
  );
}
