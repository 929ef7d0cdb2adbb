import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { fallbacksOf } from '../common/locale.js';
import { InvalidSettings, Settings } from '../config/settings.js';
import { compile, type Compiled } from './compiled-templates.js';
import { type MailMessage } from './mail-message.js';
import { type Mail, type MailTemplate, mailTemplates } from './mail-templates.js';
import { type Reader, shown } from './shown.js';
import { overlay, readTemplates } from './template-files.js';
import { escapeHtml, fill, plain, type TemplateValues } from './template.js';

const DIRECTORY = join(import.meta.dirname, 'templates');
/** Every mail has a template in it. */
const COMPLETE = 'en';

/** Turns a mail that is asked for into its subject, text and HTML, in the language of its reader. */
@Injectable()
export class MailRenderer implements OnModuleInit {
  #languages: ReadonlyMap<string, ReadonlyMap<MailTemplate, Compiled>> = new Map();

  constructor(private readonly settings: Settings) {}

  /** @throws InvalidSettings if a template cannot be read, or has a placeholder that it is not given. */
  async onModuleInit(): Promise<void> {
    const { templates: own, locale } = this.settings.mails;
    const ours = await readTemplates(DIRECTORY);
    this.#languages = compile(own === undefined ? ours : overlay(ours, await readTemplates(own)));
    if (this.choose([locale]) === undefined) {
      throw new InvalidSettings([`MAIL_LOCALE must be a language that there are templates in`]);
    }
  }

  /** The first of these wishes that can be met; undefined: none. */
  choose(wishes: readonly string[]): string | undefined {
    return wishes.find((wish) => fallbacksOf(wish).some((locale) => this.#languages.has(locale)));
  }

  /** @throws if a parameter is missing. */
  render({ to, locale, timezone, template, params }: Mail): Omit<MailMessage, 'id'> {
    const found = this.#find(template, locale ?? []);
    const reader = { locale: found.locale, timezone };
    const values = {
      product: this.settings.twoFactor.serviceName,
      ...wordsOf(template, params, reader),
      locale: found.locale,
    };
    const subject = fill(found.subject, values, plain);
    return {
      to,
      subject,
      text: fill(found.text, values, plain),
      html: fill(found.html, { ...values, subject }, escapeHtml),
    };
  }

  /** Wish after wish, each with what it narrows, then the language of the service, then English. */
  #find(template: MailTemplate, wishes: string | readonly string[]): Compiled & { locale: string } {
    for (const wish of [...[wishes].flat(), this.settings.mails.locale, COMPLETE]) {
      for (const locale of fallbacksOf(wish)) {
        const found = this.#languages.get(locale)?.get(template);
        if (found) return { ...found, locale };
      }
    }
    throw new Error(`There is no mail template ${template}`);
  }
}

function wordsOf(template: MailTemplate, params: object, reader: Reader): TemplateValues {
  const given: Readonly<Record<string, unknown>> = { ...params };
  const words = Object.entries(mailTemplates[template].params).map(([name, kind]) => [
    name,
    shown(kind, given[name], reader),
  ]);
  return {
    ...('product' in params && { product: String(params.product) }),
    ...(Object.fromEntries(words) as TemplateValues),
  };
}
