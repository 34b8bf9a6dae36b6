// KERNEL INPUT OUTPUT REPETITIONS: runs `kernel` on a file's bytes, prints the milliseconds of each repetition on a line of its
// own, and writes the last result.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  void *bytes;
  size_t length;
} result_t;

// Allocates its result with malloc.
static result_t kernel(const uint8_t *input);

static double now_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  FILE *file = fopen(argv[1], "rb");
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file);
  rewind(file);
  uint8_t *input = aligned_alloc(1024, (length + 1023) / 1024 * 1024);
  if (fread(input, 1, length, file) != length) return 1;
  fclose(file);
  result_t result = {0, 0};
  for (int repetition = 0; repetition < atoi(argv[3]); repetition++) {
    free(result.bytes);
    double started = now_ms();
    result = kernel(input);
    printf("%.4f\n", now_ms() - started);
  }
  file = fopen(argv[2], "wb");
  if (!file || fwrite(result.bytes, 1, result.length, file) != result.length) return 1;
  return fclose(file);
}
