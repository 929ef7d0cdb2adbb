import { loadTool, measure } from './load.mjs';

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/**
 * Measures each subject in turn, in many short rounds, so that whatever else the machine does meets all of
 * them alike. Ratios are to the first subject, round by round.
 */
export function compare(subjects, { rounds = 15, seconds = 1 } = {}) {
  for (const { url, headers, refused } of subjects) {
    measure(url, { seconds: 2, headers, refused }); // warm up
  }
  const rates = subjects.map(() => []);
  for (let round = 0; round < rounds; round++) {
    subjects.forEach(({ url, headers, refused }, i) =>
      rates[i].push(measure(url, { seconds, headers, refused })),
    );
  }
  const rows = subjects.map(({ name }, i) => {
    const ratios = rates[i].map((rate, round) => rate / rates[0][round]);
    return {
      name,
      perSecond: Math.round(median(rates[i])),
      ratio: round2(median(ratios)),
      spread: [round2(Math.min(...ratios)), round2(Math.max(...ratios))],
    };
  });
  console.table(rows);
  return { tool: loadTool, rounds, seconds, rows };
}

const round2 = (value) => Math.round(value * 100) / 100;
