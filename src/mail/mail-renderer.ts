import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type MailMessage } from './mail-message.js';
import { type Mail, type MailTemplate, mailTemplates } from './mail-templates.js';
import { escapeHtml, fill, placeholders, plain } from './template.js';

const PRODUCT = 'Gatehouse';
const DIRECTORY = join(import.meta.dirname, 'templates');

interface Sources {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Turns a mail that is asked for into its subject, text and HTML. */
@Injectable()
export class MailRenderer implements OnModuleInit {
  readonly #sources = new Map<MailTemplate, Sources>();

  /** @throws if a file is missing, or has a placeholder that its template is not given. */
  async onModuleInit(): Promise<void> {
    const layout = await read('layout.html');
    for (const template of Object.keys(mailTemplates) as MailTemplate[]) {
      this.#sources.set(template, await load(template, layout));
    }
  }

  /** @throws if a parameter is missing. */
  render({ to, template, params }: Mail): Omit<MailMessage, 'id'> {
    const sources = this.#sources.get(template);
    if (sources === undefined) throw new Error(`There is no mail template ${template}`);
    const values = { product: PRODUCT, ...params };
    const subject = fill(sources.subject, values, plain);
    return {
      to,
      subject,
      text: fill(sources.text, values, plain),
      html: fill(sources.html, { ...values, subject }, escapeHtml),
    };
  }
}

async function load(template: MailTemplate, layout: string): Promise<Sources> {
  const [, subject, text] = /^Subject: (.+)\n\n([^]+)$/.exec(await read(`${template}.txt`)) ?? [];
  if (subject === undefined || text === undefined) {
    throw new Error(`${template}.txt must begin with "Subject: …" and an empty line`);
  }
  const content = await read(`${template}.html`);
  const html = layout.replace('{{content}}', () => content);
  const known: readonly string[] = [...mailTemplates[template], 'product', 'subject'];
  const unknown = placeholders(subject + text + html).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`${template} is not given ${unknown.join(', ')}`);
  return { subject, text, html };
}

function read(file: string): Promise<string> {
  return readFile(join(DIRECTORY, file), 'utf8');
}
