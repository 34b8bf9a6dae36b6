// As assembly/krum.ts and examples/federated-learning/assembly/aggregate: each distance is one sum from the first column to the
// last; 2 × 4 of them are made at a time.
#include "harness.h"
#include "sort.h"

enum { CHUNK = 256 };

static void add_pair(const double *restrict a, const double *restrict b, uint32_t length, double *restrict sum) {
  double total = *sum;
  for (uint32_t k = 0; k < length; k++) {
    double difference = a[k] - b[k];
    total += difference * difference;
  }
  *sum = total;
}

static void add_tile(const double *restrict a, const double *restrict b, uint32_t length, double *restrict sums, uint32_t n) {
  double *below = sums + n;
  double s00 = sums[0], s01 = sums[1], s02 = sums[2], s03 = sums[3];
  double s10 = below[0], s11 = below[1], s12 = below[2], s13 = below[3];
  for (uint32_t k = 0; k < length; k++) {
    double a0 = a[k], a1 = a[CHUNK + k];
    double b0 = b[k], b1 = b[CHUNK + k], b2 = b[2 * CHUNK + k], b3 = b[3 * CHUNK + k];
    s00 += (a0 - b0) * (a0 - b0);
    s01 += (a0 - b1) * (a0 - b1);
    s02 += (a0 - b2) * (a0 - b2);
    s03 += (a0 - b3) * (a0 - b3);
    s10 += (a1 - b0) * (a1 - b0);
    s11 += (a1 - b1) * (a1 - b1);
    s12 += (a1 - b2) * (a1 - b2);
    s13 += (a1 - b3) * (a1 - b3);
  }
  sums[0] = s00, sums[1] = s01, sums[2] = s02, sums[3] = s03;
  below[0] = s10, below[1] = s11, below[2] = s12, below[3] = s13;
}

static result_t kernel(const uint8_t *input) {
  const uint32_t *head = (const uint32_t *)input;
  uint32_t n = head[0], d = head[1], f = head[2];
  const float *rows = (const float *)(input + 16);
  double *sums = calloc((size_t)n * n, sizeof *sums);
  double *chunk = malloc((size_t)n * CHUNK * sizeof *chunk);
  for (uint32_t first = 0; first < d; first += CHUNK) {
    uint32_t length = d - first < CHUNK ? d - first : CHUNK;
    for (uint32_t row = 0; row < n; row++)
      for (uint32_t k = 0; k < length; k++) chunk[(size_t)row * CHUNK + k] = (double)rows[(size_t)row * d + first + k];
    uint32_t i = 0;
    for (; i + 1 < n; i += 2) {
      const double *a = chunk + (size_t)i * CHUNK;
      add_pair(a, a + CHUNK, length, sums + (size_t)i * n + i + 1);
      uint32_t j = i + 2;
      for (; j + 3 < n; j += 4) add_tile(a, chunk + (size_t)j * CHUNK, length, sums + (size_t)i * n + j, n);
      for (; j < n; j++) {
        const double *b = chunk + (size_t)j * CHUNK;
        add_pair(a, b, length, sums + (size_t)i * n + j);
        add_pair(a + CHUNK, b, length, sums + (size_t)(i + 1) * n + j);
      }
    }
  }
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t j = i + 1; j < n; j++) sums[(size_t)j * n + i] = sums[(size_t)i * n + j];

  double *scores = malloc(n * sizeof *scores), *line = malloc(n * sizeof *line), *room = malloc(n * sizeof *room);
  for (uint32_t i = 0; i < n; i++) {
    uint32_t count = 0;
    for (uint32_t j = 0; j < n; j++)
      if (j != i) line[count++] = sums[(size_t)i * n + j];
    sort_ascending(line, count, room);
    scores[i] = 0;
    for (uint32_t k = 0; k < n - f - 2; k++) scores[i] += line[k];
  }
  free(line);
  free(room);
  free(chunk);
  free(sums);
  return (result_t){scores, n * sizeof *scores};
}
