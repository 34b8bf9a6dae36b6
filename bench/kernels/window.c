// As assembly/window.ts and examples/fire-detection/assembly/context.ts: sums row by row from the window's corner.
#include "harness.h"

static int pitch, rows;
static const float *values;
static uint16_t *marks;
static uint32_t *counted;

static void count_background(void) {
  int wide = pitch + 1;
  counted = calloc((size_t)wide * (rows + 1), sizeof *counted);
  for (int y = 0; y < rows; y++) {
    uint32_t row = 0;
    for (int x = 0; x < pitch; x++) {
      row += marks[y * pitch + x] != 0;
      int at = (y + 1) * wide + x + 1;
      counted[at] = row + counted[at - wide];
    }
  }
}

static uint32_t background_around(int i, int reach) {
  int wide = pitch + 1;
  int left = i % pitch - reach, right = left + 2 * reach + 1;
  int above = (i / pitch - reach) * wide, below = above + (2 * reach + 1) * wide;
  return counted[below + right] - counted[below + left] - counted[above + right] + counted[above + left];
}

static result_t kernel(const uint8_t *input) {
  const int32_t *head = (const int32_t *)input;
  pitch = head[0];
  rows = head[1];
  int reach = head[2];
  values = (const float *)(input + 16);
  marks = malloc((size_t)pitch * rows * sizeof *marks);
  for (int i = 0; i < pitch * rows; i++) marks[i] = values[i] == values[i];
  count_background();
  size_t length = 2 * sizeof(double) * (size_t)(pitch - 2 * reach) * (size_t)(rows - 2 * reach);
  double *result = malloc(length), *out = result;
  for (int y = reach; y < rows - reach; y++) {
    for (int x = reach; x < pitch - reach; x++) {
      int i = y * pitch + x, from = i - reach * pitch - reach;
      double count = background_around(i, reach), sum = 0, squares = 0;
      for (int row = 0; row <= 2 * reach; row++)
        for (int j = from + row * pitch, end = j + 2 * reach; j <= end; j++)
          if (marks[j]) sum += (double)values[j];
      double mean = sum / count;
      for (int row = 0; row <= 2 * reach; row++)
        for (int j = from + row * pitch, end = j + 2 * reach; j <= end; j++) {
          if (!marks[j]) continue;
          double difference = (double)values[j] - mean;
          squares += difference * difference;
        }
      *out++ = mean;
      *out++ = sqrt(squares / count);
    }
  }
  free(marks);
  free(counted);
  return (result_t){result, length};
}
