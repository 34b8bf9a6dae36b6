import type { Pixel } from "../scene/scene.ts";
import type { Landscape } from "./landscape.ts";
import { fractalNoise, type Noise } from "./noise.ts";
import type { Random } from "./random.ts";

/** Something hot that fills a part of a pixel. */
export interface HotSpot extends Pixel {
  /** m² that glow. */
  areaM2: number;
  kelvin: number;
}

export interface Wildfires {
  /** Flames along the fronts and sparks ahead of them. */
  flames: readonly HotSpot[];
  /** Embers behind the fronts, too cool to be seen at 2.2 µm. */
  embers: readonly HotSpot[];
  /** Share of a pixel's plants that have burnt, 0 to 1. */
  charAt: Noise;
  /** Share of a pixel that smoke hides in the near-infrared, 0 to 1. */
  smokeAt: Noise;
}

/** Flames cover 2 to 250 m² of a pixel at 600 to 1,200 K. */
const FLAME_M2 = { minimum: 2, median: 10, maximum: 250, spread: 0.8 };
const FLAME_KELVIN = { minimum: 600, mean: 840, maximum: 1_200, spread: 90 };

interface Fire {
  x: number;
  y: number;
  radius: number;
}

/** Lights `count` wildfires that one wind drives: a scar each, with flames along its leeward edge. */
export function lightFires({
  random,
  seed,
  landscape,
  count,
  flame = commonFlame,
}: {
  random: Random;
  seed: number;
  landscape: Landscape;
  count: number;
  /** Draws the size and temperature of the next flame. Default: mostly small flames of 840 K, as in a front. */
  flame?: ((random: Random) => Flame) | undefined;
}): Wildfires {
  const { width, height, fuel } = landscape;
  const isFuel = (x: number, y: number) => fuel[Math.floor(y) * width + Math.floor(x)] === 1;
  const windAngle = random.between(-0.5, 0.6);
  const wind = { x: Math.cos(windAngle), y: Math.sin(windAngle) };
  const edge = fractalNoise(seed + 6_000, { octaves: 4, wavelength: 22 });
  const puffs = fractalNoise(seed + 7_000, { octaves: 4, wavelength: 34 });

  const fires: Fire[] = [];
  for (let attempt = 0; fires.length < count && attempt < 1_000; attempt++) {
    const fire = {
      x: width * random.between(0.08, 0.85),
      y: height * random.between(0.1, 0.9),
      radius: Math.min(width, height) * 0.014 * Math.exp(0.5 * random.normal() + 0.35),
    };
    const apart = fires.every(
      (f) => Math.hypot(f.x - fire.x, f.y - fire.y) > 3 * (f.radius + fire.radius),
    );
    if (apart && isFuel(fire.x, fire.y)) fires.push(fire);
  }

  /** Downwind and crosswind from a fire's middle, pixels. */
  const inWind = (fire: Fire, x: number, y: number) => {
    const dx = x - fire.x;
    const dy = y - fire.y;
    return { along: dx * wind.x + dy * wind.y, across: dy * wind.x - dx * wind.y };
  };
  /** Positive inside of the scar, 0 at its edge, 1 in the middle. */
  const depth = (fire: Fire, x: number, y: number) => {
    const { along, across } = inWind(fire, x, y);
    return 1 - Math.hypot(along / 1.7, across) / fire.radius + 0.75 * edge(x, y);
  };

  const flames: HotSpot[] = [];
  const embers: HotSpot[] = [];
  for (const fire of fires) {
    const reach = Math.ceil(3.2 * fire.radius);
    for (let y = Math.floor(fire.y) - reach; y <= fire.y + reach; y++) {
      for (let x = Math.floor(fire.x) - reach; x <= fire.x + reach; x++) {
        if (x < 0 || y < 0 || x >= width || y >= height || !isFuel(x, y)) continue;
        const d = depth(fire, x, y);
        const facing = inWind(fire, x, y).along / fire.radius;
        const burns = d > 0 && d * fire.radius < 1.6 && random.next() < 0.35 + 0.5 * facing;
        const spark = d < 0 && d > -0.7 && facing > 1 && random.next() < 0.004;
        if (burns || spark) flames.push({ x, y, ...flame(random) });
        else if (d > 0 && random.next() < 0.03) {
          embers.push({ x, y, areaM2: random.between(4, 40), kelvin: random.between(400, 540) });
        }
      }
    }
  }

  return {
    flames,
    embers,
    charAt(x, y) {
      let char = 0;
      for (const fire of fires) {
        if (Math.hypot(x - fire.x, y - fire.y) > 3.2 * fire.radius) continue;
        char = Math.max(char, Math.min(1, 5 * depth(fire, x, y)));
      }
      return Math.max(0, char) * 0.93;
    },
    smokeAt(x, y) {
      let clear = 1;
      for (const fire of fires) {
        const { along, across } = inWind(fire, x, y);
        const distance = along - 0.4 * fire.radius;
        if (distance <= 0) continue;
        const plume = 0.6 * fire.radius + 0.16 * distance;
        const thick = (1 - Math.exp(-distance / 14)) * Math.exp(-distance / (9 * fire.radius + 40));
        const spread = Math.exp(-0.5 * (across / plume) ** 2);
        if (thick * spread < 0.005) continue;
        const wisps = Math.max(
          0,
          0.55 + 1.1 * puffs(x - 0.4 * along * wind.x, y - 0.4 * along * wind.y),
        );
        clear *= 1 - Math.min(0.75, thick * wisps * spread);
      }
      return 1 - clear;
    },
  };
}

export type Flame = Pick<HotSpot, "areaM2" | "kelvin">;

/** All sizes from 2 to 250 m² (by their logarithm) and all temperatures from 400 to 1,200 K alike: for measuring detectors. */
export function anyFlame(random: Random): Flame {
  const areaM2 = FLAME_M2.minimum * (FLAME_M2.maximum / FLAME_M2.minimum) ** random.next();
  return { areaM2, kelvin: random.between(400, 1_200) };
}

/** Single flames of {@link anyFlame} where plants grow, none nearer than 6 pixels to another. */
export function scatterFlames(random: Random, landscape: Landscape, count: number): HotSpot[] {
  const { width, height, fuel } = landscape;
  const flames: HotSpot[] = [];
  for (let attempt = 0; flames.length < count && attempt < 50 * count; attempt++) {
    const x = Math.floor(random.between(0, width));
    const y = Math.floor(random.between(0, height));
    const apart = flames.every((f) => Math.max(Math.abs(f.x - x), Math.abs(f.y - y)) > 6);
    if (fuel[y * width + x] === 1 && apart) flames.push({ x, y, ...anyFlame(random) });
  }
  return flames;
}

function commonFlame(random: Random): Flame {
  const { minimum, median, maximum, spread } = FLAME_M2;
  const areaM2 = median * Math.exp(spread * random.normal());
  const kelvin = FLAME_KELVIN.mean + FLAME_KELVIN.spread * random.normal();
  return {
    areaM2: Math.min(maximum, Math.max(minimum, areaM2)),
    kelvin: Math.min(FLAME_KELVIN.maximum, Math.max(FLAME_KELVIN.minimum, kelvin)),
  };
}
