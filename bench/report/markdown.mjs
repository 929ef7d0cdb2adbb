import { barText, figure, metText, spreadText } from './rows.mjs';

const cell = (text) => String(text).replaceAll('|', '\\|');
const table = (head, lines) =>
  [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.map(cell).join(' | ')} |`)
    .join('\n');

/** The part of `docs/performance.md` that the figures make. */
export function markdown(results) {
  return [summary(results), ...results.map(section)].join('\n\n');
}

function summary(results) {
  const lines = results.flatMap(({ scenario, rows }) =>
    rows
      .filter(({ bar }) => bar !== undefined)
      .map((row) => [
        `[${scenario}](#${scenario})`,
        row.name,
        figure(row.value, row.unit),
        barText(row),
        metText(row),
      ]),
  );
  return `## All bars\n\n${table(['scenario', 'row', 'figure', 'bar', ''], lines)}`;
}

function section({ scenario, about, rows, notes = [], at, loadBefore, machine, rounds }) {
  const withRates = rows.some(({ perSecond }) => perSecond !== undefined);
  const lines = rows.map((row) => [
    row.name,
    figure(row.value, row.unit),
    spreadText(row),
    ...(withRates ? [row.perSecond?.toLocaleString('en') ?? ''] : []),
    barText(row),
    metText(row),
  ]);
  const head = ['row', 'figure', 'spread', ...(withRates ? ['a second'] : []), 'bar', ''];
  const { commit, cpu, memoryGb, system, node, postgres, loadTool } = machine;
  const taken = [
    `Taken on ${at.slice(0, 10)} at commit \`${commit}\``,
    ...(rounds === undefined ? [] : [`the median of ${rounds} rounds`]),
    `on ${cpu}, ${memoryGb} GB, ${system}, Node ${node}, ${postgres}, ${loadTool}`,
    `with the load of the machine at ${loadBefore} before`,
  ];
  return [
    `## ${scenario}`,
    ...(about === undefined ? [] : [about]),
    table(head, lines),
    `![${scenario}: the figures of the table as bars](performance/${scenario}.svg)`,
    ...notes,
    `${taken.join(', ')}.`,
  ].join('\n\n');
}
