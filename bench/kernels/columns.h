// As examples/federated-learning/assembly/aggregate/columns.ts: `median_of`, which is above, of each coordinate by itself.

enum { CHUNK = 256 };

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
