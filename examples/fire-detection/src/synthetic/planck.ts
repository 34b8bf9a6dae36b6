/** h, c and k_B in SI units (exact since 2019). */
const PLANCK = 6.62607015e-34;
const LIGHT = 299_792_458;
const BOLTZMANN = 1.380649e-23;

/**
 * Spectral radiance of a black body by Planck's law.
 * @param wavelengthUm - micrometres
 * @param kelvin - temperature
 * @returns W m⁻² sr⁻¹ µm⁻¹
 */
export function planckRadiance(wavelengthUm: number, kelvin: number): number {
  const metres = wavelengthUm * 1e-6;
  const perMetre =
    (2 * PLANCK * LIGHT ** 2) /
    (metres ** 5 * Math.expm1((PLANCK * LIGHT) / (metres * BOLTZMANN * kelvin)));
  return perMetre * 1e-6;
}

/**
 * The temperature of a black body of this spectral radiance: the inverse of {@link planckRadiance}.
 * @param radiance - W m⁻² sr⁻¹ µm⁻¹
 * @returns K
 */
export function brightnessTemperature(wavelengthUm: number, radiance: number): number {
  const metres = wavelengthUm * 1e-6;
  const ratio = (2 * PLANCK * LIGHT ** 2) / (metres ** 5 * radiance * 1e6);
  return (PLANCK * LIGHT) / (metres * BOLTZMANN * Math.log1p(ratio));
}

/** Optical properties of a band, to convert radiance to reflectance. */
export interface BandOptics {
  wavelengthUm: number;
  /** Sunlight above the atmosphere, W m⁻² µm⁻¹. */
  solarIrradiance: number;
}

/**
 * The reflectance that a sensor reports for a surface that glows at `kelvin`: π·L / (E·cos θ), θ being the sun's zenith
 * angle. It has no upper bound: at 1000 K it is over 100 in Sentinel-2's band 12.
 */
export function glowReflectance(
  { wavelengthUm, solarIrradiance }: BandOptics,
  kelvin: number,
  cosSunZenith: number,
): number {
  return (Math.PI * planckRadiance(wavelengthUm, kelvin)) / (solarIrradiance * cosSunZenith);
}
