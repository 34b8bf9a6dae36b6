// As examples/federated-learning/assembly/aggregate/sort.ts: merge sort from runs of 16.
static void insertion_sort(double *values, uint32_t n) {
  for (uint32_t k = 1; k < n; k++) {
    double value = values[k];
    uint32_t to = k;
    for (; to > 0 && values[to - 1] > value; to--) values[to] = values[to - 1];
    values[to] = value;
  }
}

static void sort_ascending(double *values, uint32_t n, double *room) {
  const uint32_t run = 16;
  for (uint32_t first = 0; first < n; first += run)
    insertion_sort(values + first, n - first < run ? n - first : run);
  double *from = values, *to = room;
  for (uint32_t size = run; size < n; size <<= 1) {
    for (uint32_t first = 0; first < n; first += 2 * size) {
      uint32_t half = first + size < n ? first + size : n, last = first + 2 * size < n ? first + 2 * size : n;
      uint32_t left = first, right = half;
      for (uint32_t at = first; at < last; at++)
        to[at] = left < half && (right >= last || from[left] <= from[right]) ? from[left++] : from[right++];
    }
    double *swapped = from;
    from = to;
    to = swapped;
  }
  if (from != values) memcpy(values, from, n * sizeof *values);
}
