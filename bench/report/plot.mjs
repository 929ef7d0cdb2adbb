import { barText, figure } from './rows.mjs';

const WIDTH = 860;
const ROW = 26;
const BAR = 14;
const HEAD = 44;
const FOOT = 30;
const VALUE = 180;
const LETTER = 6.4;

const STYLE = `
  .paper { fill: #ffffff; stroke: #d0d7de } text { fill: #1f2328; font: 12px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 14px } .quiet { fill: #59636e }
  .plain { fill: #8c959f } .met { fill: #4c8dc9 } .missed { fill: #d1602f }
  .whisker { stroke: #1f2328; stroke-width: 1.2 } .goal { stroke: #1a7f37; stroke-width: 2.5 } .axis { stroke: #d0d7de }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; stroke: #30363d } text { fill: #e6edf3 } .quiet { fill: #9198a1 }
    .plain { fill: #6e7681 } .met { fill: #4184c4 } .missed { fill: #d96c3d }
    .whisker { stroke: #e6edf3 } .goal { stroke: #57d364 } .axis { stroke: #30363d }
  }`;

const escaped = (text) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

const text = (x, y, words, { kind = '', anchor = 'start' } = {}) =>
  `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escaped(words)}</text>`;

const line = (x1, y1, x2, y2, kind) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1}" x2="${x2.toFixed(1)}" y2="${y2}" class="${kind}"/>`;

/**
 * Horizontal bars, one a row, each unit on a scale of its own: how far the rounds lay apart as whiskers, the bar that
 * is to be reached as a line.
 */
export function plot(title, given) {
  const rows = given.filter(({ value }) => Number.isFinite(value));
  const longest = Math.max(10, ...rows.map(({ name }) => name.length));
  const left = Math.min(400, Math.ceil(longest * LETTER) + 24);
  const right = WIDTH - VALUE;
  const scales = scalesOf(rows, right - left);
  const height = HEAD + rows.length * ROW + FOOT;
  const body = rows.map((row, i) => {
    const at = (value) => left + Math.max(0, Math.min(right - left, scales.get(row.unit)(value)));
    return drawRow(row, HEAD + i * ROW, { left, right, at });
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" class="paper"/>
${text(12, 26, title, { kind: 'title' })}
${body.join('\n')}
${line(left, HEAD - 6, left, HEAD + rows.length * ROW, 'axis')}
${text(12, height - 11, 'Thin line: least and greatest round. Green line: the bar. Orange: missed. Each unit has its own scale.', { kind: 'quiet' })}
</svg>
`;
}

/** unit → pixels of a value; everything that is drawn of that unit fits. */
function scalesOf(rows, width) {
  const greatest = new Map();
  for (const { unit, value, spread = [], bar = {} } of rows) {
    const all = [value, ...spread, ...Object.values(bar)].filter(Number.isFinite);
    greatest.set(unit, Math.max(greatest.get(unit) ?? 0, ...all));
  }
  return new Map(
    [...greatest].map(([unit, most]) => [unit, (value) => (value / (most || 1)) * width]),
  );
}

function drawRow(row, top, { left, right, at }) {
  const { name, value, unit, spread, bar = {}, met } = row;
  const [middle, base] = [top + BAR / 2, top + BAR - 3];
  const kind = met === undefined ? 'plain' : met ? 'met' : 'missed';
  const shown = name.length * LETTER > 400 ? `${name.slice(0, 58)}…` : name;
  const goal = barText(row);
  return [
    text(left - 10, base, shown, { anchor: 'end' }),
    `<rect x="${left}" y="${top}" width="${Math.max(1, at(value) - left).toFixed(1)}" height="${BAR}" class="${kind}"/>`,
    ...(spread === undefined
      ? []
      : [
          line(at(spread[0]), middle, at(spread[1]), middle, 'whisker'),
          ...spread.map((end) => line(at(end), middle - 3, at(end), middle + 3, 'whisker')),
        ]),
    ...Object.values(bar).map((each) => line(at(each), top - 4, at(each), top + BAR + 4, 'goal')),
    text(right + 10, base, figure(value, unit)),
    ...(goal === '' ? [] : [text(WIDTH - 12, base, goal, { kind: 'quiet', anchor: 'end' })]),
  ].join('\n');
}
