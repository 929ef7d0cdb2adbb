/** What stands for `{{name}}` in a template. */
export type TemplateValues = Readonly<Record<string, string>>;

const PLACEHOLDER = /\{\{(\w+)\}\}/g;
/** Control characters, and the invisible ones that reorder or break lines. */
const INVISIBLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const ENTITIES: TemplateValues = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The value as it may stand anywhere in plain text: on one line, in the order it is read. */
export function plain(value: string): string {
  return value.replace(INVISIBLE, '');
}

/** The value as it may stand in HTML, in an element or in a quoted attribute. */
export function escapeHtml(value: string): string {
  return plain(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The names of the placeholders of a template. */
export function placeholders(source: string): string[] {
  return [...source.matchAll(PLACEHOLDER)].flatMap(([, name]) => name ?? []);
}

/** What is wrong with a template that is given these values; undefined: nothing. */
export function complaintOf(source: string, given: readonly string[]): string | undefined {
  const unknown = placeholders(source).find((name) => !given.includes(name));
  if (unknown !== undefined) return `is not given {{${unknown}}}`;
  if (/\{\{|\}\}/.test(source.replace(PLACEHOLDER, ''))) return 'has braces that are no {{name}}';
  const tags = source.match(/<[^<>]*>/g) ?? [];
  if (tags.some((tag) => tag.replace(/"[^"]*"|'[^']*'/g, '').includes('{{'))) {
    return 'has a {{name}} in a tag that is not between quotes';
  }
  return undefined;
}

/** @throws if a placeholder has no value. Values are not searched for placeholders again. */
export function fill(
  source: string,
  values: TemplateValues,
  encode: (value: string) => string,
): string {
  return source.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`No value for {{${name}}}`);
    return encode(value);
  });
}
