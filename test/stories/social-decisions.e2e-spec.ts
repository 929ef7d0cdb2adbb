import { readFileSync, writeFileSync } from 'node:fs';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { type Decision, DECISIONS, type Decisions } from '../support/social-decision-rows.js';
import { SocialDecisions, VOUCHED } from '../support/social-decisions.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const GUIDE = 'docs/social-sign-in.md';
const TABLE = /(?<=<!-- decisions: begin[^>]*-->\n)[^]*(?=<!-- decisions: end -->)/;

describe.each(DECISIONS)('Whose account it is. $title:', ({ environment, rows }) => {
  let provider: OpenIdProvider;
  let test: TestApp;
  let decisions: SocialDecisions;

  beforeAll(async () => {
    provider = await startOpenIdProvider('acme', 'http://localhost:3000');
    test = await startTestApp({
      environment: {
        ...provider.environment,
        SOCIAL_ACME_VERIFIED_DOMAINS: VOUCHED,
        ...environment,
      },
    });
    decisions = new SocialDecisions(test, provider);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  it.each(rows)(
    'who $does, identity $identity, address $address, which here has $account: $sees; $tables',
    async (row) => {
      const { sees, tables } = row;
      expect(await decisions.run(row)).toEqual({ sees, tables });
    },
  );
});

describe('The table of decisions', () => {
  it('is written nowhere else than here', () => {
    const guide = readFileSync(GUIDE, 'utf8');
    const written = `\n${DECISIONS.map(tableOf).join('\n')}\n`;
    if (process.env['WRITE_DECISIONS'] !== undefined) {
      writeFileSync(
        GUIDE,
        guide.replace(TABLE, () => written),
      );
      return;
    }
    expect(TABLE.exec(guide)?.[0]).toBe(written);
  });

  it('has no row twice, and enough of them', () => {
    const rows = DECISIONS.flatMap(({ title, rows }) =>
      rows.map(({ does, identity, address, account }) =>
        [title, does, identity, address, account].join(' | '),
      ),
    );
    expect(new Set(rows).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThanOrEqual(48);
  });
});

const HEAD = [
  'who',
  'the identity is',
  'its address is',
  'which here has',
  'the page sees',
  'in the tables',
];

/** As prettier would lay it out. */
function tableOf({ title, rows }: Decisions): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)));
  const lines = cells.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const [head = [], ...body] = lines;
  const table = [head, rule, ...body].map((line) => `| ${line.join(' | ')} |\n`).join('');
  return `**${title}**\n\n${table}`;
}

const cellsOf = ({ does, identity, address, account, sees, tables }: Decision): string[] => [
  does,
  identity,
  address,
  account,
  `\`${sees}\``,
  tables,
];
