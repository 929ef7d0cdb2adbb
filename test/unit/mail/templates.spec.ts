import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '../../../src/config/settings.js';
import { MailRenderer } from '../../../src/mail/mail-renderer.js';
import {
  type Mail,
  type MailTemplate,
  mailTemplates,
  type ParamKind,
  templateNames,
} from '../../../src/mail/mail-templates.js';
import { complaintOf, escapeHtml, fill, placeholders, plain } from '../../../src/mail/template.js';

const FOLDER = join(import.meta.dirname, '../../../src/mail/templates');
const LANGUAGES = ['de', 'en'];
const every = LANGUAGES.flatMap((locale) => templateNames.map((name) => [locale, name] as const));

const samples: Record<ParamKind, (name: string) => unknown> = {
  text: (name) => `<${name}>`,
  perhaps: (name) => `<${name}>`,
  seconds: () => 7200,
  time: () => new Date('2026-11-24T20:31:59Z'),
};
const words: Record<ParamKind, (name: string) => RegExp> = {
  text: (name) => new RegExp(`<${name}>`),
  perhaps: (name) => new RegExp(`<${name}>`),
  seconds: () => /2 (hours|Stunden)/,
  time: () => /November 24, 2026|24\. November 2026/,
};

function mailWith(template: MailTemplate, locale: Mail['locale'], text?: string): Mail {
  const params: [string, unknown][] = Object.entries<ParamKind>(mailTemplates[template].params).map(
    ([name, kind]) => [name, text !== undefined && kind === 'text' ? text : samples[kind](name)],
  );
  const values: unknown = Object.fromEntries(params);
  return { to: 'ann@example.com', locale, template, params: values } as Mail;
}

describe('mail templates', () => {
  const renderer = new MailRenderer(readSettings({}));
  beforeAll(() => renderer.onModuleInit());

  it('are all there in each language, and no file is left over', async () => {
    expect((await readdir(FOLDER)).sort()).toEqual(LANGUAGES);
    const expected = [
      'layout.html',
      ...['circumstances', ...templateNames].flatMap((name) => [`${name}.txt`, `${name}.html`]),
    ];
    for (const locale of LANGUAGES) {
      expect((await readdir(join(FOLDER, locale))).sort()).toEqual(expected.sort());
    }
  });

  it.each(every)('%s/%s shows every parameter in text and HTML', (locale, template) => {
    const { to, subject, text, html } = renderer.render(mailWith(template, locale));
    expect(to).toBe('ann@example.com');
    for (const [name, kind] of Object.entries<ParamKind>(mailTemplates[template].params)) {
      expect(text).toMatch(words[kind](name));
      expect(html.replaceAll('&lt;', '<').replaceAll('&gt;', '>')).toMatch(words[kind](name));
    }
    expect(text).toContain('Gatehouse');
    expect(html).toContain(`<title>${subject}</title>`);
    expect(html).toContain(`<html lang="${locale}">`);
    expect(subject + text + html).not.toMatch(/\{\{|\}\}|undefined/);
  });

  it.each(templateNames)('%s is another text in each language', (template) => {
    const [german, english] = LANGUAGES.map((each) => renderer.render(mailWith(template, each)));
    expect(german!.subject).not.toBe(english!.subject);
    expect(german!.text).toMatch(/\b(Sie|Ihr|Ihre)\b/);
    expect(german!.text).not.toMatch(/\b(du|dein|deine|the|you)\b/i);
  });

  it.each(every)('%s/%s loads nothing from elsewhere', (locale, template) => {
    const { html } = renderer.render(mailWith(template, locale, 'x'));
    expect(html).not.toMatch(/<img|<script|<link|url\(|https?:/i);
  });

  it.each(every)('%s/%s takes another product name', (locale, template) => {
    const mail = mailWith(template, locale);
    const named = { ...mail, params: { ...mail.params, product: 'Smith & Sons' } } as Mail;
    const { text, html } = renderer.render(named);
    expect(text).toContain('Smith & Sons');
    expect(html).toContain('Smith &amp; Sons');
    expect(text + html).not.toContain('Gatehouse');
  });

  it('a value cannot break out of an attribute, a line or its place', () => {
    const link = `https://x.test/"onload='alert(1)'\r\n\u202eBcc: {{token}}`;
    const { text, html } = renderer.render(mailWith('verify-email', null, link));
    expect(html).toContain('href="https://x.test/&quot;onload=&#39;alert(1)&#39;Bcc: {{token}}"');
    expect(text).toContain(`\nhttps://x.test/"onload='alert(1)'Bcc: {{token}}\n`);
  });

  it('a missing parameter is an error, and so is one of another kind', () => {
    const mail = mailWith('verify-email', null);
    for (const expiresIn of [undefined, '24 hours']) {
      const wrong = { ...mail, params: { ...mail.params, expiresIn } } as unknown as Mail;
      expect(() => renderer.render(wrong)).toThrow('not one of its kind (seconds)');
    }
  });

  it('what is not known is told as such', () => {
    const mail = mailWith('password-changed', 'de');
    const unknown = { ...mail, params: { ...mail.params, device: undefined } } as Mail;
    expect(renderer.render(unknown).text).toContain('Gerät: –\n');
  });

  it('an unknown template is an error', () => {
    const mail = { to: 'ann@example.com', locale: null, template: '../secret', params: {} };
    expect(() => renderer.render(mail as unknown as Mail)).toThrow(
      'There is no mail template ../secret',
    );
  });

  describe('are chosen by the language of the reader:', () => {
    const languageOf = (locale: Mail['locale'], by = renderer) =>
      /lang="(.*?)"/.exec(by.render(mailWith('verify-email', locale)).html)?.[1];

    it.each<[Mail['locale'], string]>([
      ['de', 'de'],
      ['de-AT', 'de'],
      ['de-Latn-CH-1996', 'de'],
      ['en-GB', 'en'],
      ['fr', 'en'],
      ['../de', 'en'],
      [null, 'en'],
      [[], 'en'],
      [['fr', 'de-CH', 'en'], 'de'],
      [['fr', 'it'], 'en'],
    ])('%j gets %s', (locale, language) => {
      expect(languageOf(locale)).toBe(language);
    });

    it('whoever has none gets that of the service', async () => {
      const german = new MailRenderer(readSettings({ MAIL_LOCALE: 'de-at' }));
      await german.onModuleInit();
      expect([languageOf(null, german), languageOf('fr', german)]).toEqual(['de', 'de']);
      expect(languageOf('en', german)).toBe('en');
    });

    it('and a service cannot have one that there are no templates in', async () => {
      const french = new MailRenderer(readSettings({ MAIL_LOCALE: 'fr' }));
      await expect(french.onModuleInit()).rejects.toThrow('MAIL_LOCALE must be a language');
    });
  });
});

describe('a template', () => {
  it('names its placeholders', () => {
    expect(placeholders('{{a}} {b} {{ c }} {{d_1}}{{a}}')).toEqual(['a', 'd_1', 'a']);
  });

  it('is not filled from the prototype', () => {
    expect(() => fill('{{constructor}}', {}, plain)).toThrow('No value for {{constructor}}');
  });

  it('escapes every character that means something in HTML', () => {
    expect(escapeHtml(`<a href="x" title='y'>&</a>\0`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;',
    );
  });
});

describe('what is wrong with a template', () => {
  it.each([
    ['nothing', "Hello {{a}} <a href=\"{{b}}\" title='x{{a}}'>isn't {{a}}</a>", undefined],
    ['a name that it is not given', '{{a}} {{c}}', 'is not given {{c}}'],
    ['spaces in braces', '{{ a }}', 'has braces that are no {{name}}'],
    ['braces that do not end', '{{a', 'has braces that are no {{name}}'],
    ['a section', '{{#a}}x{{/a}}', 'has braces that are no {{name}}'],
    ['three braces', '{{{a}}}', undefined],
    ['no quotes', '<a href={{a}}>', 'has a {{name}} in a tag that is not between quotes'],
    ['a name as a tag', '<{{a}}>', 'has a {{name}} in a tag that is not between quotes'],
  ])('%s', (_, source, complaint) => {
    expect(complaintOf(source, ['a', 'b'])).toBe(complaint);
  });
});
