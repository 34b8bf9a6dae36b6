/** A kernel in AssemblyScript: its first input number says how many rounds. */
export interface Kernel {
  name: string;
  kind: "float" | "integer" | "calls";
  source: string;
  /** Rounds that take some 20 ms. */
  rounds: number;
}

/** `main` around a function `kernel(rounds: i32): f64` (or any number), whose result is the task's. */
const main = (kernel: string) => `
  ${kernel}
  export function main(input: Uint8Array): Uint8Array {
    const rounds = load<i32>(input.dataStart);
    const result = new Uint8Array(8);
    store<f64>(result.dataStart, <f64>kernel(rounds));
    return result;
  }`;

export const kernels: Kernel[] = [
  {
    name: "n-body",
    kind: "float",
    rounds: 100_000,
    source: main(`
      const X = new StaticArray<f64>(35);
      function kernel(rounds: i32): f64 {
        for (let i = 0; i < 35; i++) X[i] = Math.abs(<f64>((i * 7919) % 101) / 25.0 - 2.0) + 0.1;
        for (let r = 0; r < rounds; r++) {
          for (let i = 0; i < 5; i++) {
            const bi = i * 7;
            let vx = X[bi + 3], vy = X[bi + 4], vz = X[bi + 5];
            const mi = X[bi + 6];
            for (let j = i + 1; j < 5; j++) {
              const bj = j * 7;
              const dx = X[bi] - X[bj], dy = X[bi + 1] - X[bj + 1], dz = X[bi + 2] - X[bj + 2];
              const d2 = dx * dx + dy * dy + dz * dz + 0.01;
              const mag = 0.0001 / (d2 * Math.sqrt(d2));
              const mj = X[bj + 6];
              vx -= dx * mj * mag; vy -= dy * mj * mag; vz -= dz * mj * mag;
              X[bj + 3] = X[bj + 3] + dx * mi * mag;
              X[bj + 4] = X[bj + 4] + dy * mi * mag;
              X[bj + 5] = X[bj + 5] + dz * mi * mag;
            }
            X[bi + 3] = vx; X[bi + 4] = vy; X[bi + 5] = vz;
          }
          for (let i = 0; i < 5; i++) {
            const bi = i * 7;
            X[bi] = X[bi] + 0.0001 * X[bi + 3];
            X[bi + 1] = X[bi + 1] + 0.0001 * X[bi + 4];
            X[bi + 2] = X[bi + 2] + 0.0001 * X[bi + 5];
          }
        }
        return X[0];
      }`),
  },
  {
    name: "matrix product",
    kind: "float",
    rounds: 8,
    source: main(`
      const N = 128;
      const A = new StaticArray<f64>(N * N);
      const B = new StaticArray<f64>(N * N);
      const C = new StaticArray<f64>(N * N);
      function kernel(rounds: i32): f64 {
        for (let i = 0; i < N * N; i++) {
          unchecked((A[i] = <f64>(i % 17) / 8.0));
          unchecked((B[i] = <f64>(i % 13) / 8.0));
        }
        for (let r = 0; r < rounds; r++) {
          for (let i = 0; i < N; i++) {
            for (let j = 0; j < N; j++) {
              let sum = 0.0;
              for (let k = 0; k < N; k++) sum += unchecked(A[i * N + k] * B[k * N + j]);
              unchecked((C[i * N + j] = sum));
            }
          }
        }
        return C[N + 1];
      }`),
  },
  {
    name: "convolution",
    kind: "float",
    rounds: 12,
    source: main(`
      const W = 256;
      const IN = new StaticArray<f32>(W * W);
      const OUT = new StaticArray<f32>(W * W);
      const K = new StaticArray<f32>(25);
      function kernel(rounds: i32): f64 {
        for (let i = 0; i < W * W; i++) unchecked((IN[i] = <f32>(i % 251)));
        for (let i = 0; i < 25; i++) unchecked((K[i] = <f32>(i % 5) / 10));
        for (let r = 0; r < rounds; r++) {
          for (let y = 2; y < W - 2; y++) {
            for (let x = 2; x < W - 2; x++) {
              let sum: f32 = 0;
              for (let v = 0; v < 5; v++) {
                for (let u = 0; u < 5; u++) {
                  sum += unchecked(IN[(y + v - 2) * W + x + u - 2] * K[v * 5 + u]);
                }
              }
              unchecked((OUT[y * W + x] = sum));
            }
          }
        }
        return OUT[W * 7 + 9];
      }`),
  },
  {
    name: "SHA-256",
    kind: "integer",
    rounds: 200,
    source: main(`
      const K = new StaticArray<u32>(64);
      const M = new StaticArray<u32>(64);
      const DATA = new StaticArray<u32>(16 * 256);
      function kernel(rounds: i32): u32 {
        for (let i = 0; i < 64; i++) unchecked((K[i] = <u32>(i * 2654435761 + 12345)));
        for (let i = 0; i < 16 * 256; i++) unchecked((DATA[i] = <u32>(i * 40503)));
        let h0: u32 = 0x6a09e667, h1: u32 = 0xbb67ae85, h2: u32 = 0x3c6ef372, h3: u32 = 0xa54ff53a;
        let h4: u32 = 0x510e527f, h5: u32 = 0x9b05688c, h6: u32 = 0x1f83d9ab, h7: u32 = 0x5be0cd19;
        for (let r = 0; r < rounds; r++) {
          for (let block = 0; block < 256; block++) {
            for (let i = 0; i < 16; i++) unchecked((M[i] = bswap(DATA[block * 16 + i])));
            for (let i = 16; i < 64; i++) {
              const x = unchecked(M[i - 15]), y = unchecked(M[i - 2]);
              const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >> 3);
              const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >> 10);
              unchecked((M[i] = M[i - 16] + s0 + M[i - 7] + s1));
            }
            let a = h0, b = h1, c = h2, d = h3, e = h4, f = h5, g = h6, h = h7;
            for (let i = 0; i < 64; i++) {
              const t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + unchecked(K[i] + M[i]);
              const t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
              h = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
            }
            h0 += a; h1 += b; h2 += c; h3 += d; h4 += e; h5 += f; h6 += g; h7 += h;
          }
        }
        return h0 ^ h7;
      }`),
  },
  {
    name: "quicksort",
    kind: "integer",
    rounds: 4,
    source: main(`
      const N = 65536;
      const A = new StaticArray<i32>(N);
      function sort(low: i32, high: i32): void {
        while (low < high) {
          const pivot = unchecked(A[(low + high) >> 1]);
          let i = low, j = high;
          while (i <= j) {
            while (unchecked(A[i]) < pivot) i++;
            while (unchecked(A[j]) > pivot) j--;
            if (i <= j) {
              const t = unchecked(A[i]);
              unchecked((A[i] = A[j]));
              unchecked((A[j] = t));
              i++; j--;
            }
          }
          if (j - low < high - i) { sort(low, j); low = i; }
          else { sort(i, high); high = j; }
        }
      }
      function kernel(rounds: i32): i32 {
        let state: u32 = 1;
        for (let r = 0; r < rounds; r++) {
          for (let i = 0; i < N; i++) {
            state = state * 1664525 + 1013904223;
            unchecked((A[i] = <i32>(state >> 8)));
          }
          sort(0, N - 1);
        }
        return A[N >> 1];
      }`),
  },
  {
    name: "hash table",
    kind: "integer",
    rounds: 300,
    source: main(`
      const SIZE = 1 << 16;
      const KEYS = new StaticArray<u32>(SIZE);
      const COUNTS = new StaticArray<u32>(SIZE);
      function kernel(rounds: i32): u32 {
        let state: u32 = 7;
        let found: u32 = 0;
        for (let r = 0; r < rounds; r++) {
          for (let i = 0; i < 40000; i++) {
            state = state * 1664525 + 1013904223;
            const key = (state >> 12) % 30000 + 1;
            let slot = (key * 2654435761) >> 16;
            while (true) {
              const other = unchecked(KEYS[slot]);
              if (other == key) { found++; unchecked(COUNTS[slot]++); break; }
              if (other == 0) { unchecked((KEYS[slot] = key)); break; }
              slot = (slot + 1) & (SIZE - 1);
            }
          }
        }
        return found;
      }`),
  },
  {
    name: "recursive Fibonacci",
    kind: "calls",
    rounds: 34,
    source: main(`
      function fib(n: i32): i32 { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
      function kernel(rounds: i32): i32 { return fib(rounds); }`),
  },
];
