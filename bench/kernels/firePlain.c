// The rules of fire.c, pixel by pixel.
#include "harness.h"

enum { MEASURED = 1, RULE_A = 2, MAYBE_B = 4 };

static result_t kernel(const uint8_t *input) {
  const uint32_t *head = (const uint32_t *)input;
  uint32_t x0 = head[2], y0 = head[3];
  int width = (int)head[4], height = (int)head[5], halo = (int)head[6];
  int pitch = width + 2 * halo, rows = height + 2 * halo, pixels = pitch * rows;
  const double *calibration = (const double *)(input + 40); // of each band: scale, offset, nodata, saturation
  const float *b12 = (const float *)(input + 40 + 3 * 32), *b11 = b12 + pixels, *nir = b11 + pixels;
  uint16_t *marks = calloc((size_t)pixels, sizeof *marks);
  uint8_t *classes = calloc((size_t)pixels, 1);

  double scale12 = calibration[0], scale11 = calibration[4] / scale12, scale_nir = calibration[8] / scale12;
  double offset12 = calibration[1], offset11 = calibration[5], offset_nir = calibration[9];
  float nodata12 = (float)calibration[2], nodata11 = (float)calibration[6], nodata_nir = (float)calibration[10];
  double full12 = calibration[3], full11 = calibration[7];
  for (int i = 0; i < pixels; i++) {
    float dn12 = b12[i];
    if (!(dn12 - dn12 == 0) || dn12 == nodata12) continue;
    float dn11 = b11[i];
    if (!(dn11 - dn11 == 0) || dn11 == nodata11) continue;
    float dn_nir = nir[i];
    if (!(dn_nir - dn_nir == 0) || dn_nir == nodata_nir) continue;
    unsigned bits = MEASURED;
    double d12 = (double)dn12 + offset12;
    double d11 = ((double)dn11 + offset11) * scale11;
    if (d12 >= 1.4 * d11) {
      double d_nir = ((double)dn_nir + offset_nir) * scale_nir;
      if (d12 >= 1.4 * d_nir && d12 * scale12 >= 0.15) bits |= RULE_A;
    }
    if ((double)dn12 >= full12 || (double)dn11 >= full11) {
      bits |= MAYBE_B;
    } else if (d11 * scale12 >= 0.5) {
      double d_nir = ((double)dn_nir + offset_nir) * scale_nir;
      if (d11 >= 2.0 * d_nir) bits |= MAYBE_B;
    }
    marks[i] = (uint16_t)bits;
  }
  for (int y = halo; y < halo + height; y++)
    for (int i = y * pitch + halo, end = i + width; i < end; i++) {
      unsigned bits = marks[i];
      if (bits & RULE_A) {
        classes[i] = 1;
      } else if (bits & MAYBE_B) {
        unsigned around = marks[i - pitch - 1] | marks[i - pitch] | marks[i - pitch + 1] | marks[i - 1] | marks[i + 1] |
                          marks[i + pitch - 1] | marks[i + pitch] | marks[i + pitch + 1];
        if (around & RULE_A) classes[i] = 2;
      }
    }

  uint32_t valid = 0, unknown = 0, count = 0;
  for (int y = halo; y < halo + height; y++)
    for (int i = y * pitch + halo, end = i + width; i < end; i++) {
      valid += marks[i] & MEASURED;
      unknown += (marks[i] & 0x8000) != 0;
      count += classes[i] != 0;
    }
  size_t length = 24 + 24 * (size_t)count;
  uint8_t *result = malloc(length), *out = result + 24;
  uint32_t top[6] = {0x53544948, 2, valid, unknown, 3, count};
  memcpy(result, top, 24);
  const float *bands[3] = {b12, b11, nir};
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      int i = (y + halo) * pitch + x + halo;
      if (classes[i] == 0) continue;
      uint32_t place[3] = {x0 + (uint32_t)x, y0 + (uint32_t)y, classes[i]};
      memcpy(out, place, 12);
      for (int k = 0; k < 3; k++) {
        float value = (float)(((double)bands[k][i] + calibration[4 * k + 1]) * calibration[4 * k]);
        memcpy(out + 12 + 4 * k, &value, 4);
      }
      out += 24;
    }
  free(marks);
  free(classes);
  return (result_t){result, length};
}
