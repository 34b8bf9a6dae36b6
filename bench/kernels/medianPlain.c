// As median.c, with Hoare's partition.
#include "harness.h"
#include "sort.h"

enum { CHUNK = 256 };

static void select_to(double *low, double *high, double *target, uint32_t n, double *room) {
  int patience = 2 * (32 - __builtin_clz(n)) + 4;
  while (high > low) {
    if (patience-- == 0) {
      sort_ascending(low, (uint32_t)(high - low) + 1, room);
      return;
    }
    double first = *low, middle = low[(high - low) / 2], last = *high;
    double small = first < middle ? first : middle, large = first < middle ? middle : first;
    double pivot = last < small ? small : last > large ? large : last;
    double *i = low, *j = high;
    do {
      while (*i < pivot) i++;
      while (*j > pivot) j--;
      if (i > j) break;
      double swapped = *i;
      *i = *j;
      *j = swapped;
      i++;
      j--;
    } while (i <= j);
    if (target <= j) high = j;
    else if (target >= i) low = i;
    else return;
  }
}

static double median_of(double *values, uint32_t n, double *room) {
  double *target = values + n / 2;
  select_to(values, values + n - 1, target, n, room);
  double upper = *target;
  if (n & 1) return upper;
  double lower = values[0];
  for (double *at = values + 1; at < target; at++) lower = *at > lower ? *at : lower;
  return (lower + upper) / 2;
}

static result_t kernel(const uint8_t *input) {
  const uint32_t *head = (const uint32_t *)input;
  uint32_t n = head[0], d = head[1];
  const float *rows = (const float *)(input + 16);
  double *columns = malloc((size_t)n * CHUNK * sizeof *columns), *room = malloc(n * sizeof *room);
  double *result = malloc(d * sizeof *result);
  for (uint32_t first = 0; first < d; first += CHUNK) {
    uint32_t length = d - first < CHUNK ? d - first : CHUNK;
    for (uint32_t row = 0; row < n; row++)
      for (uint32_t c = 0; c < length; c++) columns[(size_t)c * n + row] = (double)rows[(size_t)row * d + first + c];
    for (uint32_t c = 0; c < length; c++) result[first + c] = median_of(columns + (size_t)c * n, n, room);
  }
  free(columns);
  free(room);
  return (result_t){result, d * sizeof *result};
}
