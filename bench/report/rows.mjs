/**
 * What every scenario gives: `rows` of `{ name, value, unit, spread: [least, greatest], bar }`, and what else it has
 * to say. A row with a `ratio` instead of a value is one of "×". A bar is `{ atLeast }`, `{ atMost }` or both.
 */
export function settle(result) {
  const rows = (result.rows ?? []).map((row) => {
    const { value = row.ratio, unit = 'ratio' in row ? '×' : '' } = row;
    return { ...row, value, unit, ...(row.bar && { met: isMet(value, row.bar) }) };
  });
  return { ...result, rows };
}

const isMet = (value, { atLeast = -Infinity, atMost = Infinity }) =>
  Number.isFinite(value) && value >= atLeast && value <= atMost;

const number = (value) => value.toLocaleString('en', { maximumFractionDigits: 3 });

/** 0.83 ×, 12.3 ms, 1,200 /s */
export const figure = (value, unit) =>
  Number.isFinite(value) ? `${number(value)}${unit === '' ? '' : ` ${unit}`}` : 'none';

export const spreadText = ({ spread }) =>
  spread === undefined ? '' : spread.map(number).join(' to ');

export function barText({ bar, unit }) {
  if (bar === undefined) return '';
  const { atLeast, atMost } = bar;
  if (atLeast !== undefined && atMost !== undefined)
    return `${number(atLeast)} to ${figure(atMost, unit)}`;
  return atLeast === undefined ? `≤ ${figure(atMost, unit)}` : `≥ ${figure(atLeast, unit)}`;
}

export const metText = ({ met }) => (met === undefined ? '' : met ? 'met' : 'missed');

/** For the eyes, while it runs. */
export function show(rows) {
  console.table(
    rows.map((row) => ({
      row: row.name,
      figure: figure(row.value, row.unit),
      spread: spreadText(row),
      ...(row.perSecond !== undefined && { perSecond: row.perSecond }),
      bar: barText(row),
      met: metText(row),
    })),
  );
}
