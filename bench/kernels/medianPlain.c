// As median.c, with Hoare's partition.
#include "harness.h"
#include "sort.h"

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

#include "columns.h"
