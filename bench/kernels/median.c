// As assembly/median.ts and examples/federated-learning/assembly/aggregate/median.ts: selection in columns of f64, by partitions without
// branches.
#include "harness.h"
#include "sort.h"

static double *select_to(double *low, double *high, double *target, uint32_t n, double *room) {
  double *floor = low;
  int patience = 2 * (32 - __builtin_clz(n)) + 4;
  while (high > low) {
    if (patience-- == 0) {
      sort_ascending(low, (uint32_t)(high - low) + 1, room);
      break;
    }
    double first = *low, middle = low[(high - low) / 2], last = *high;
    double small = first < middle ? first : middle, large = first < middle ? middle : first;
    double pivot = last < small ? small : last > large ? large : last;
    double *bound = low;
    for (double *at = low; at <= high; at++) {
      double value = *at;
      *at = *bound;
      *bound = value;
      bound += value < pivot;
    }
    if (target < bound) {
      high = bound - 1;
      continue;
    }
    if (bound == low) {
      for (double *at = low; at <= high; at++) {
        double value = *at;
        *at = *bound;
        *bound = value;
        bound += value == pivot;
      }
      if (target < bound) return low < target ? low : floor;
    }
    low = bound;
    if (low < target) floor = low;
  }
  return floor;
}

static double median_of(double *values, uint32_t n, double *room) {
  double *target = values + n / 2;
  double *at = select_to(values, values + n - 1, target, n, room);
  double upper = *target;
  if (n & 1) return upper;
  double lower = *at;
  for (at++; at < target; at++) lower = *at > lower ? *at : lower;
  return (lower + upper) / 2;
}

#include "columns.h"
