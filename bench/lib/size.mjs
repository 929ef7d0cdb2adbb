/** How many rounds: what is usual, or `BENCH_ROUNDS`, to see that a scenario works. */
export const rounds = (usual) => Number(process.env['BENCH_ROUNDS'] ?? usual);

/** How many of something: what is usual times `BENCH_SCALE` (0.01: a hundredth). */
export const scaled = (usual) => Math.ceil(usual * Number(process.env['BENCH_SCALE'] ?? 1));

/** Whether this run is smaller than its figures claim: never published. */
export const isShort = ['BENCH_ROUNDS', 'BENCH_SCALE', 'BENCH_KEYS'].some(
  (name) => process.env[name] !== undefined,
);
