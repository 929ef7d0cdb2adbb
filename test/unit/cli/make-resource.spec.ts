import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importing } from '../../../src/cli/make-resource/edits.js';
import { namesOf } from '../../../src/cli/make-resource/names.js';
import { planFor } from '../../../src/cli/make-resource/plan.js';
import { writeAll } from '../../../src/cli/make-resource/write-all.js';

describe('What make:resource calls things', () => {
  it('is told apart in every way of writing', () => {
    expect(namesOf('sales/order-line')).toEqual({
      ...{ app: 'sales', model: 'order_line', Model: 'OrderLine' },
      ...{ models: 'orderLines', Models: 'OrderLines', file: 'order-line', files: 'order-lines' },
      ...{ room: 'sales', Room: 'Sales', Tag: 'Sales' },
      ...{ thing: 'order line', aThing: 'an order line', things: 'order lines' },
      ...{ table: 'sales_order_lines', path: 'v1/sales/order-lines', story: 'sales-order-lines' },
    });
    expect(namesOf('sales/order_line')).toEqual(namesOf('sales/order-line'));
  });

  it('is its plural where it has a room to itself', () => {
    expect(namesOf('book')).toMatchObject({
      ...{ app: 'books', room: 'books', Room: 'Books', model: 'book' },
      ...{ table: 'books', path: 'v1/books', story: 'books' },
    });
  });

  it.each([
    ['box', 'boxes'],
    ['city', 'cities'],
    ['day', 'days'],
    ['bus', 'buses'],
    ['branch', 'branches'],
  ])('makes many of a %s %s', (one, many) => {
    expect(namesOf(one).files).toBe(many);
  });

  it('can be told how many are called', () => {
    expect(namesOf('staff/person', 'people')).toMatchObject({ files: 'people', Models: 'People' });
  });

  it.each([
    ...['', 'Book', '../book', 'library/', '/book', 'a/b/c', '1book', 'book shelf', "book';--"],
    ...['book-', 'book--shelf', 'b'.repeat(27), 'bücher', 'book.ts', '__proto__'],
  ])('cannot be %j', (name) => {
    expect(() => namesOf(name)).toThrow(/no name|Say </);
  });

  it('cannot be the same for one and for many', () => {
    expect(() => namesOf('sheep', 'sheep')).toThrow('otherwise');
    expect(() => namesOf('sheep', '../x')).toThrow('no name');
  });
});

describe('What make:resource would write', () => {
  const plan = (name: string) => planFor(process.cwd(), namesOf(name), 0);

  it('comes after every migration that there is', () => {
    const [path = ''] = [...plan('library/book').keys()].filter((key) => key.includes('-Library'));
    expect(parseInt(path.split('/').at(-1) ?? '', 10)).toBeGreaterThan(1_796_000_000_000);
    expect(plan('library/book').get('src/database/migrations/index.ts')).toMatch(
      /, ?\s*Library\d+,?\s*\];\n$/,
    );
  });

  it('leaves no word of the templates unsaid', () => {
    for (const text of plan('sales/order-line').values()) expect(text).not.toMatch(/__\w+__/);
  });

  it.each([
    ['catalog/thing', 'src/catalog is there already'],
    ['common/thing', 'src/common is there already'],
    ['shop/product', 'class Product'],
    ['shop/session', 'class Session'],
    ['group', 'groups.e2e-spec.ts is there already'],
    ['mail-budget', 'class MailBudget'],
    ['shop/clock', 'class Clock'],
    ['shop/data-source', 'DataSource'],
    ['shop/page', 'Page'],
    ['shop/column', 'Column'],
  ])('is nothing for %s, since the name is taken', (name, reason) => {
    expect(() => plan(name)).toThrow(reason);
  });

  it('is nothing where there are no sources', () => {
    expect(() => planFor(tmpdir(), namesOf('book'), 0)).toThrow('sources');
  });
});

describe('An import', () => {
  const file = [
    "import x from 'x';",
    "import { A } from './a/a.js';",
    "import { C } from './c.js';",
  ];

  it.each([
    ['./b/b.js', 2],
    ['./a/z.js', 2],
    ['./a/0.js', 1],
    ['./d.js', 3],
  ])('of %s is put where the alphabet wants it', (from, place) => {
    const line = `import { N } from '${from}';`;
    const expected = file.toSpliced(place, 0, line).concat('', 'rest').join('\n');
    expect(importing('N', from)(`${file.join('\n')}\n\nrest`)).toBe(expected);
  });
});

describe('Writing many files', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'gatehouse-write-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  it('is undone when one of them cannot be written', () => {
    writeFileSync(join(root, 'known.ts'), 'as it was');
    mkdirSync(join(root, 'refuses.ts'));
    const plan = new Map([
      ['known.ts', 'changed'],
      ['new/folder/file.ts', 'made'],
      ['refuses.ts', 'a folder is no file'],
    ]);
    expect(() => {
      writeAll(root, plan);
    }).toThrow();
    expect(readFileSync(join(root, 'known.ts'), 'utf8')).toBe('as it was');
    expect(existsSync(join(root, 'new'))).toBe(false);
  });
});
