// As examples/fire-detection/assembly/tile.ts, fires.ts, sentinel2.ts and hotmap.ts: a tile in, the result of the task out.
#include "harness.h"

enum { B12, B11, NIR };
enum { RULE_A = 1, RULE_B = 2 };

static const uint64_t SIGNS = 0x8000000080000000;

static int width, height, halo, pitch;
static const double *calibration; // of each band: scale, offset, nodata, saturation
static const uint8_t *planes;
static size_t plane;
static double scale11, scale_nir;
static uint32_t cold_from, cold_to, nir_to;
static uint32_t *fires, fire_count, fire_room, unmeasured;

static double scale_of(int band) { return calibration[4 * band]; }
static double offset_of(int band) { return calibration[4 * band + 1]; }
static float nodata_of(int band) { return (float)calibration[4 * band + 2]; }
static double saturation_of(int band) { return calibration[4 * band + 3]; }
static float dn_at(int band, int i) { return ((const float *)(planes + band * plane))[i]; }
static double relative_at(int band, double scale, int i) { return ((double)dn_at(band, i) + offset_of(band)) * scale; }

static int is_measured_in(int band, int i) {
  float dn = dn_at(band, i);
  return (dn - dn == 0) & (dn != nodata_of(band));
}

static int is_measured_in_all(int i) { return is_measured_in(B12, i) & is_measured_in(B11, i) & is_measured_in(NIR, i); }

static int is_hot(int i) {
  double d12 = relative_at(B12, 1, i);
  return d12 >= 1.4 * relative_at(B11, scale11, i) && d12 >= 1.4 * relative_at(NIR, scale_nir, i) &&
         d12 * scale_of(B12) >= 0.15 && is_measured_in_all(i);
}

static int is_bright(int i) {
  if ((double)dn_at(B12, i) >= saturation_of(B12) || (double)dn_at(B11, i) >= saturation_of(B11)) return 1;
  double d11 = relative_at(B11, scale11, i);
  return d11 * scale_of(B12) >= 0.5 && d11 >= 2.0 * relative_at(NIR, scale_nir, i);
}

static int touches_hot(int i) {
  return is_hot(i - pitch - 1) || is_hot(i - pitch) || is_hot(i - pitch + 1) || is_hot(i - 1) || is_hot(i + 1) ||
         is_hot(i + pitch - 1) || is_hot(i + pitch) || is_hot(i + pitch + 1);
}

static void add_fire(int i, uint32_t code) {
  if (fire_count == fire_room) {
    fire_room = fire_room == 0 ? 1024 : 2 * fire_room;
    fires = realloc(fires, fire_room * sizeof *fires);
  }
  fires[fire_count++] = (uint32_t)i << 2 | code;
}

static void judge(int i) {
  if (!is_measured_in_all(i)) unmeasured++;
  else if (is_hot(i)) add_fire(i, RULE_A);
  else if (is_bright(i) && touches_hot(i)) add_fire(i, RULE_B);
}

static uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static uint64_t twice(uint32_t bits) { return (uint64_t)bits << 32 | bits; }

static uint64_t two_at(const uint8_t *at) {
  uint64_t two;
  memcpy(&two, at, 8);
  return two;
}

static void set_cold_bounds(void) {
  cold_from = cold_to = nir_to = 0;
  double scale = scale_of(B12), offset = offset_of(B11);
  if (!(scale > 0) || scale11 != 1 || !(offset_of(B12) <= offset)) return;
  double limit = 0.5 / scale - offset;
  for (int band = B12; band <= B11; band++) {
    if (saturation_of(band) < limit) limit = saturation_of(band);
    double nodata = (double)nodata_of(band);
    if (nodata > 0 && nodata < limit) limit = nodata;
  }
  if (!(limit > 0)) return;
  uint32_t from = bits_of((float)(offset < 0 ? -offset : 0)) + 1, to = bits_of((float)limit) - 2;
  double least = (double)float_of(from) + offset, most = (double)float_of(to);
  if (from <= to && least < 1.4 * least && !(most >= saturation_of(B12)) && !(most >= saturation_of(B11)) &&
      (most + offset) * scale < 0.5) {
    cold_from = from;
    cold_to = to;
    nir_to = bits_of(nodata_of(NIR) > 0 ? nodata_of(NIR) : INFINITY) - 1;
  }
}

static void classify(void) {
  uint32_t low = cold_from, span = cold_to - cold_from, nir_last = nir_to;
  uint64_t from = twice(low), to = twice(cold_to), nir_from = twice(1), nir_end = twice(nir_last);
  size_t size = plane;
  double offset12 = offset_of(B12), offset11 = offset_of(B11);
  for (int y = halo; y < halo + height; y++) {
    const uint8_t *at = planes + 4 * ((size_t)y * pitch + halo), *end = at + 4 * (size_t)width, *last = end - 16;
    while (at < end) {
      while (at <= last) {
        uint64_t left12 = two_at(at), left11 = two_at(at + size), left_nir = two_at(at + 2 * size);
        uint64_t right12 = two_at(at + 8), right11 = two_at(at + size + 8), right_nir = two_at(at + 2 * size + 8);
        uint64_t left = (left12 - from) | (left11 - from) | (left11 - left12) | (to - left11) | (left_nir - nir_from) |
                        (nir_end - left_nir);
        uint64_t right = (right12 - from) | (right11 - from) | (right11 - right12) | (to - right11) |
                         (right_nir - nir_from) | (nir_end - right_nir);
        if ((left | right) & SIGNS) break;
        at += 16;
      }
      for (const uint8_t *next = end - at < 16 ? end : at + 16; at < next; at += 4) {
        int i = (int)((at - planes) >> 2);
        float dn12 = dn_at(B12, i), dn11 = dn_at(B11, i);
        if (bits_of(dn12) - low <= span && bits_of(dn11) - low <= span && bits_of(dn_at(NIR, i)) - 1 < nir_last &&
            (double)dn12 + offset12 < 1.4 * ((double)dn11 + offset11))
          continue;
        judge(i);
      }
    }
  }
}

static result_t kernel(const uint8_t *input) {
  const uint32_t *head = (const uint32_t *)input;
  width = (int)head[4], height = (int)head[5], halo = (int)head[6];
  pitch = width + 2 * halo;
  plane = 4 * (size_t)pitch * (size_t)(height + 2 * halo);
  calibration = (const double *)(input + 40);
  planes = input + 40 + 3 * 32;
  scale11 = scale_of(B11) / scale_of(B12), scale_nir = scale_of(NIR) / scale_of(B12);
  fire_count = unmeasured = 0;
  set_cold_bounds();
  classify();

  size_t length = 24 + 24 * (size_t)fire_count;
  uint8_t *result = malloc(length), *out = result + 24;
  uint32_t top[6] = {0x53544948, 2, (uint32_t)width * (uint32_t)height - unmeasured, 0, 3, fire_count};
  memcpy(result, top, 24);
  for (uint32_t k = 0; k < fire_count; k++, out += 24) {
    int i = (int)(fires[k] >> 2);
    uint32_t place[3] = {head[2] + (uint32_t)(i % pitch - halo), head[3] + (uint32_t)(i / pitch - halo), fires[k] & 3};
    memcpy(out, place, 12);
    for (int band = B12; band <= NIR; band++) {
      float value = (float)relative_at(band, scale_of(band), i);
      memcpy(out + 12 + 4 * band, &value, 4);
    }
  }
  return (result_t){result, length};
}
