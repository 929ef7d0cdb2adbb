import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { MailRenderer } from '../../../src/mail/mail-renderer.js';
import {
  inWords,
  type Mail,
  type MailTemplate,
  mailTemplates,
} from '../../../src/mail/mail-templates.js';
import { escapeHtml, fill, placeholders, plain } from '../../../src/mail/template.js';

const templates = Object.keys(mailTemplates) as MailTemplate[];

function mailWith(template: MailTemplate, value: (name: string) => string): Mail {
  const params = Object.fromEntries(mailTemplates[template].map((name) => [name, value(name)]));
  return { to: 'ann@example.com', template, params } as Mail;
}

describe('mail templates', () => {
  const renderer = new MailRenderer();
  beforeAll(() => renderer.onModuleInit());

  it('have a text and an HTML file each, and no file is left over', async () => {
    const files = await readdir(join(import.meta.dirname, '../../../src/mail/templates'));
    const expected = [
      'layout.html',
      ...templates.flatMap((name) => [`${name}.txt`, `${name}.html`]),
    ];
    expect(files.sort()).toEqual(expected.sort());
  });

  it.each(templates)(
    '%s shows every parameter in text and HTML, and no placeholder',
    (template) => {
      const { to, subject, text, html } = renderer.render(
        mailWith(template, (name) => `<${name}>`),
      );
      expect(to).toBe('ann@example.com');
      for (const name of mailTemplates[template]) {
        expect(text).toContain(`<${name}>`);
        expect(html).toContain(`&lt;${name}&gt;`);
      }
      expect(text).toContain('Gatehouse');
      expect(html).toContain(`<title>${subject}</title>`);
      expect(subject + text + html).not.toMatch(/\{\{|\}\}|undefined/);
    },
  );

  it.each(templates)('%s loads nothing from elsewhere', (template) => {
    const { html } = renderer.render(mailWith(template, () => 'x'));
    expect(html).not.toMatch(/<img|<script|<link|url\(|https?:/i);
  });

  it.each(templates)('%s takes another product name', (template) => {
    const mail = mailWith(template, () => 'x');
    const named = { ...mail, params: { ...mail.params, product: 'Smith & Sons' } } as Mail;
    const { text, html } = renderer.render(named);
    expect(text).toContain('at Smith & Sons');
    expect(html).toContain('at Smith &amp; Sons');
    expect(text + html).not.toContain('Gatehouse');
  });

  it('a value cannot break out of an attribute, a line or its place', () => {
    const link = `https://x.test/"onload='alert(1)'\r\n\u202eBcc: {{token}}`;
    const { text, html } = renderer.render(mailWith('verify-email', () => link));
    expect(html).toContain('href="https://x.test/&quot;onload=&#39;alert(1)&#39;Bcc: {{token}}"');
    expect(text).toContain(`\nhttps://x.test/"onload='alert(1)'Bcc: {{token}}\n`);
  });

  it('a missing parameter is an error', () => {
    const params = { link: 'https://x.test', token: 't' };
    const mail = { to: 'ann@example.com', template: 'verify-email', params } as Mail;
    expect(() => renderer.render(mail)).toThrow('No value for {{expiresIn}}');
  });

  it('an unknown template is an error', () => {
    const mail = { to: 'ann@example.com', template: '../secret', params: {} } as unknown as Mail;
    expect(() => renderer.render(mail)).toThrow('There is no mail template ../secret');
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

describe('a duration in words', () => {
  it.each([
    [1, '1 minute'],
    [60, '1 minute'],
    [5400, '90 minutes'],
    [3600, '1 hour'],
    [86_400, '24 hours'],
    [172_800, '2 days'],
    [604_800, '7 days'],
  ])('%d seconds: %s', (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });
});
