/** Kilometres. */
const EARTH_RADIUS = 6_378.137;
const ORBIT = EARTH_RADIUS + 829;
/** Radians of a sample of the I bands along the scan before samples are added up, and along the track. */
const SAMPLE = 0.129 / 829;
const TRACK = 0.371 / 829;
/** Scan angles, in degrees, up to which three samples, then two, make one pixel; beyond, one does. */
const THREE_SAMPLES = 31.72;
const TWO_SAMPLES = 44.86;

/**
 * Area on the ground of a pixel of VIIRS's 375 m bands, km²: 0.14 at nadir, about 0.7 at the ends of a scan, where each pixel is of one sample
 * instead of three (Wolfe et al. 2013).
 * @param viewZenith - degrees. Default, and where it is no number: 0.
 */
export function viirsPixelArea(viewZenith = 0): number {
  const zenith = ((Number.isNaN(viewZenith) ? 0 : viewZenith) * Math.PI) / 180;
  const ratio = EARTH_RADIUS / ORBIT;
  const sine = ratio * Math.sin(zenith);
  const angle = (Math.asin(sine) * 180) / Math.PI;
  const samples = angle < THREE_SAMPLES ? 3 : angle < TWO_SAMPLES ? 2 : 1;
  const cosine = Math.sqrt(1 - sine ** 2);
  const root = Math.sqrt(ratio ** 2 - sine ** 2);
  const scanKm = EARTH_RADIUS * samples * SAMPLE * (cosine / root - 1);
  const trackKm = ORBIT * TRACK * (cosine - root);
  return scanKm * trackKm;
}
