/** Kilometres. */
const EARTH_RADIUS = 6_378.137;
const ORBIT = EARTH_RADIUS + 705;
/** Radians that the mirror turns from one sample to the next, and the sample that looks straight down. */
const STEP = 0.0014184397;
const NADIR = 676.5;

/** Width (along the scan) and height (along the track) on the ground of a MODIS pixel of 1 km nominal size. */
export function modisPixelSize(sample: number): { scanKm: number; trackKm: number } {
  const angle = STEP * (sample - NADIR);
  const ratio = EARTH_RADIUS / ORBIT;
  const root = Math.sqrt(ratio ** 2 - Math.sin(angle) ** 2);
  return {
    scanKm: EARTH_RADIUS * STEP * (Math.cos(angle) / root - 1),
    trackKm: ORBIT * STEP * (Math.cos(angle) - root),
  };
}

/**
 * Area on the ground of a MODIS pixel, km²: 1 at nadir, nearly 10 at the ends of a scan (Giglio et al. 2003).
 * @param sample - its column in the swath, 0 to 1353. Default: nadir.
 */
export function modisPixelArea(sample = NADIR): number {
  const { scanKm, trackKm } = modisPixelSize(sample);
  return scanKm * trackKm;
}
