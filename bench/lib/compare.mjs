import { median, summed } from './figures.mjs';
import { loadTool, measure } from './load.mjs';
import { rounds as roundsOf } from './size.mjs';

/**
 * Measures each subject in turn, in many short rounds, so that whatever else the machine does meets all of
 * them alike. Ratios are round by round: to the first subject, or to the one whose number is in `to`.
 *
 * @param also more ratios among the same rounds: `{ name, of, to, bar }`
 */
export function compare(subjects, { rounds: usual = 15, seconds = 1, also = [] } = {}) {
  const rounds = roundsOf(usual);
  for (const { url, headers, refused } of subjects) {
    measure(url, { seconds: 2, headers, refused }); // warm up
  }
  const rates = subjects.map(() => []);
  for (let round = 0; round < rounds; round++) {
    subjects.forEach(({ url, headers, refused }, i) =>
      rates[i].push(measure(url, { seconds, headers, refused })),
    );
  }
  const ratio = (of, to) => summed(rates[of].map((rate, round) => rate / rates[to][round]));
  const rows = subjects.map(({ name, to = 0, bar }, i) => {
    const { value, spread } = ratio(i, to);
    return {
      name,
      perSecond: Math.round(median(rates[i])),
      ratio: value,
      spread,
      ...(bar && { bar }),
    };
  });
  const more = also.map(({ name, of, to, bar }) => {
    const { value, spread } = ratio(of, to);
    return { name, ratio: value, spread, ...(bar && { bar }) };
  });
  return { tool: loadTool, rounds, seconds, rows: [...rows, ...more] };
}
