import type { Pixel } from "../../scene/scene.ts";
import type { Marks } from "./marks.ts";

/** Rings are for finding fires on a map; where there are more, the marks alone are easy to find. */
export const MAX_RINGS = 60;

/** Pixels that lie together, and the circle around them, in scene pixels. */
export interface Cluster {
  pixels: readonly Pixel[];
  x: number;
  y: number;
  radius: number;
}

/** Maximum distance of two pixels in one group, as a share of the scene's longer side: what the eye sees as one. */
const CLUSTER_REACH = 0.03;

/** The groups that rings are drawn around: of all that is marked, found or missed, the largest first. */
export function ringsOf(
  { width, height }: { width: number; height: number },
  marks: Marks,
): Cluster[] {
  const marked = [...marks.fire, ...marks.false, ...marks.missed];
  return findClusters(marked, Math.max(3, Math.max(width, height) * CLUSTER_REACH));
}

/**
 * Groups pixels so that within a group each has another at most `reach` away.
 * @returns the largest group first.
 */
function findClusters(pixels: readonly Pixel[], reach: number): Cluster[] {
  const cells = new Map<string, Pixel[]>();
  const cellOf = ({ x, y }: Pixel) => [Math.floor(x / reach), Math.floor(y / reach)] as const;
  for (const pixel of pixels) {
    const key = cellOf(pixel).join();
    const cell = cells.get(key);
    if (cell === undefined) cells.set(key, [pixel]);
    else cell.push(pixel);
  }
  const waiting = new Set(pixels);
  const clusters: Cluster[] = [];
  for (const start of pixels) {
    if (!waiting.delete(start)) continue;
    const members = [start];
    for (const member of members) {
      const [cx, cy] = cellOf(member);
      for (let j = cy - 1; j <= cy + 1; j++) {
        for (let i = cx - 1; i <= cx + 1; i++) {
          for (const other of cells.get(`${i},${j}`) ?? []) {
            const near = Math.hypot(other.x - member.x, other.y - member.y) <= reach;
            if (near && waiting.delete(other)) members.push(other);
          }
        }
      }
    }
    clusters.push({ pixels: members, ...circleAround(members) });
  }
  return clusters.sort((a, b) => b.pixels.length - a.pixels.length);
}

function circleAround(pixels: readonly Pixel[]): { x: number; y: number; radius: number } {
  let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of pixels) {
    west = Math.min(west, x);
    east = Math.max(east, x + 1);
    north = Math.min(north, y);
    south = Math.max(south, y + 1);
  }
  const x = (west + east) / 2;
  const y = (north + south) / 2;
  let radius = 0;
  for (const pixel of pixels) {
    radius = Math.max(radius, Math.hypot(pixel.x + 0.5 - x, pixel.y + 0.5 - y) + 0.71);
  }
  return { x, y, radius };
}
