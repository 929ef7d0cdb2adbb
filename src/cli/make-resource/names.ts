import { UsageError } from '../cli-error.js';

/** What the templates call the new kind of thing: each `__word__` in them is one of these. */
export interface Names {
  /** `sales`: the first word of its permissions. */
  readonly app: string;
  /** `order_line`. */
  readonly model: string;
  readonly Model: string;
  /** `orderLines`, `OrderLines`. */
  readonly models: string;
  readonly Models: string;
  /** `order-line`, `order-lines`. */
  readonly file: string;
  readonly files: string;
  /** Its folder: `sales`. */
  readonly room: string;
  readonly Room: string;
  /** For people: `order line`, `an order line`, `order lines`. */
  readonly thing: string;
  readonly aThing: string;
  readonly things: string;
  readonly Tag: string;
  /** `sales_order_lines`. */
  readonly table: string;
  /** `v1/sales/order-lines`. */
  readonly path: string;
  readonly story: string;
}

const WORD = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/;
/** With two of them and what is put behind, PostgreSQL still takes the names of constraints as they are. */
const LONGEST = 26;

/**
 * `sales/order-line`: a room and a kind of thing in it; `book`: a kind of thing in a room of its own, `books`.
 *
 * @throws UsageError
 */
export function namesOf(argument: string, plural?: string): Names {
  const { app, model, many } = wordsOf(argument, plural);
  return {
    ...{ app, model, Model: pascal(model), Models: pascal(many) },
    models: pascal(many).replace(/^./, (letter) => letter.toLowerCase()),
    ...{ file: kebab(model), files: kebab(many), room: kebab(app), Room: pascal(app) },
    ...{ thing: spoken(model), things: spoken(many) },
    aThing: `${/^[aeiou]/.test(model) ? 'an' : 'a'} ${spoken(model)}`,
    Tag: spoken(app).replace(/^./, (letter) => letter.toUpperCase()),
    ...placesOf(app, many),
  };
}

function wordsOf(argument: string, plural?: string) {
  const words = argument.split('/');
  if (words.length > 2) throw new UsageError('Say <room>/<thing>, or <thing>.');
  words.forEach(demandWord);
  const model = snake(words.at(-1) ?? '');
  const many = snake(plural ?? pluralOf(model));
  demandWord(many);
  if (many === model) throw new UsageError('Many of them must be called otherwise than one.');
  const [room = ''] = words.length > 1 ? words : [many];
  return { app: snake(room), model, many };
}

/** A kind of thing that has a room to itself does not say its name twice. */
function placesOf(app: string, many: string): Pick<Names, 'table' | 'path' | 'story'> {
  const parts = app === many ? [many] : [app, many];
  return {
    table: parts.join('_'),
    path: ['v1', ...parts.map(kebab)].join('/'),
    story: parts.map(kebab).join('-'),
  };
}

function demandWord(word: string): void {
  if (WORD.test(word) && word.length <= LONGEST) return;
  throw new UsageError(
    `${JSON.stringify(word)} is no name for it: small letters and digits, words joined by "-", at most ${String(LONGEST)}.`,
  );
}

const snake = (word: string) => word.replaceAll('-', '_');
const kebab = (word: string) => word.replaceAll('_', '-');
const spoken = (word: string) => word.replaceAll('_', ' ');
const pascal = (word: string) =>
  word.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The rule; for exceptions there is `--plural`. */
function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
