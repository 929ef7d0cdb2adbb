import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { markdown } from './markdown.mjs';
import { plot } from './plot.mjs';

const RESULTS = 'bench/results';
const DOCS = 'docs/performance';
const PAGE = 'docs/performance.md';
const [BEGIN, END] = ['<!-- figures: begin -->', '<!-- figures: end -->'];

/** The newest result of each scenario, in a directory: `latest.json` and a plot each. */
function keep(directory, results, order) {
  const path = join(directory, 'latest.json');
  mkdirSync(dirname(path), { recursive: true });
  const former = read(path);
  const all = new Map([...former, ...results].map((result) => [result.scenario, result]));
  const place = ({ scenario }) => order.indexOf(scenario);
  const kept = [...all.values()]
    .filter((result) => place(result) >= 0)
    .sort((a, b) => place(a) - place(b));
  writeFileSync(path, `${JSON.stringify({ results: kept }, null, 2)}\n`);
  for (const { scenario, rows } of results) {
    writeFileSync(join(directory, `${scenario}.svg`), plot(scenario, rows));
  }
  return kept;
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).results;
  } catch {
    return [];
  }
}

/** For whoever ran it; scenarios that were not run keep what they had. */
export const keepResults = (results, order) => keep(RESULTS, results, order);

/** For whoever reads the documentation. */
export async function publish(results, order) {
  const kept = keep(DOCS, results, order);
  const page = readFileSync(PAGE, 'utf8');
  const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`${PAGE} has lost its markers`);
  const text = `${page.slice(0, before + BEGIN.length)}\n\n${markdown(kept)}\n\n${page.slice(after)}`;
  writeFileSync(PAGE, await pretty(PAGE, text));
  const json = join(DOCS, 'latest.json');
  writeFileSync(json, await pretty(json, readFileSync(json, 'utf8')));
}

async function pretty(filepath, text) {
  const prettier = await import('prettier');
  return prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });
}
