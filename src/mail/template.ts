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
