import { fallbacksOf } from '../common/locale.js';
import { HEADER } from './mail-message.js';
import { type MailTemplate, mailTemplates, templateNames } from './mail-templates.js';
import { TemplateError } from './template-error.js';
import { LAYOUT, PART, type TemplateFile, type TemplateFolder } from './template-files.js';
import { complaintOf, placeholders } from './template.js';

/** A template, checked: every placeholder in it has a value. */
export interface Compiled {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What every template is given. */
const ALWAYS = ['product', 'locale'];
const HEAD = /^Subject: (.+)\n\n([^]+)$/;

/** The templates of each language that has any. @throws TemplateError naming the file */
export function compile(folder: TemplateFolder): Map<string, Map<MailTemplate, Compiled>> {
  return new Map(
    [...folder.languages.keys()].map((locale) => [locale, new Language(folder, locale).compile()]),
  );
}

class Language {
  constructor(
    private readonly folder: TemplateFolder,
    private readonly locale: string,
  ) {}

  compile(): Map<MailTemplate, Compiled> {
    const given = templateNames.filter(
      (name) => this.#own(`${name}.txt`) ?? this.#own(`${name}.html`),
    );
    return new Map(given.map((name) => [name, this.#template(name)]));
  }

  #template(name: MailTemplate): Compiled {
    const params = [...Object.keys(mailTemplates[name].params), ...ALWAYS];
    const txt = this.#pair(`${name}.txt`, `${name}.html`);
    const [, subject = '', body = ''] = HEAD.exec(txt.text) ?? [];
    if (body === '') {
      throw new TemplateError(txt.path, 'must begin with "Subject: …" and an empty line');
    }
    if (!HEADER.test(subject)) {
      throw new TemplateError(txt.path, 'has a subject that is not one line of text');
    }
    check({ ...txt, text: subject }, params);
    const text = this.#withPart({ ...txt, text: body }, 'txt', params);
    const html = this.#withPart(this.#pair(`${name}.html`, `${name}.txt`), 'html', params);
    const layout = this.#inherited(LAYOUT);
    check(layout, [...ALWAYS, 'subject', 'content']);
    if (placeholders(layout.text).filter((each) => each === 'content').length !== 1) {
      throw new TemplateError(layout.path, 'must have {{content}} once');
    }
    return { subject, text, html: layout.text.replace('{{content}}', () => html) };
  }

  /** The text of the file, with the part of all notices in its place. */
  #withPart(file: TemplateFile, kind: 'txt' | 'html', params: readonly string[]): string {
    const parts = params.includes('when') ? [PART] : [];
    check(file, [...params, ...parts]);
    if (!placeholders(file.text).includes(PART)) return file.text;
    const part = this.#inherited(`${PART}.${kind}`);
    check(part, params);
    return file.text.replaceAll(`{{${PART}}}`, () => part.text.trimEnd());
  }

  #own(file: string): TemplateFile | undefined {
    return this.folder.languages.get(this.locale)?.get(file);
  }

  #pair(file: string, counterpart: string): TemplateFile {
    const found = this.#own(file);
    if (found) return found;
    throw new TemplateError(this.#own(counterpart)?.path ?? '', `has no ${file} beside it`);
  }

  /** From the language itself or one that it narrows: `de-AT`, `de`. */
  #inherited(file: string): TemplateFile {
    for (const locale of fallbacksOf(this.locale)) {
      const found = this.folder.languages.get(locale)?.get(file);
      if (found) return found;
    }
    throw new TemplateError(`${this.folder.path}/${this.locale}`, `has no ${file}`);
  }
}

function check({ path, text }: TemplateFile, given: readonly string[]): void {
  const complaint = complaintOf(text, given);
  if (complaint !== undefined) throw new TemplateError(path, complaint);
}
