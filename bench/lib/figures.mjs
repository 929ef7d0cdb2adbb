export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** The value that so large a share of all does not exceed. */
export const percentile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)];

/** To so many digits that a bar is not met by rounding alone: 0.8345 → 0.835, 1834.2 → 1834. */
export const round = (value) =>
  Number(value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3));

/** The median of what the rounds gave, with the least and the greatest. */
export const summed = (values) => ({
  value: round(median(values)),
  spread: [Math.min(...values), Math.max(...values)].map(round),
});

/** Cuts a long list of single measurements into five: where there are no rounds, their spread shows the same. */
export const inBlocks = (values, blocks = 5) => {
  const size = Math.ceil(values.length / blocks);
  return Array.from({ length: blocks }, (_, i) => values.slice(i * size, (i + 1) * size)).filter(
    (block) => block.length > 0,
  );
};
