import { resolve } from 'node:path';
import type { Values } from './settings.js';

/** How mails look, and how many there may be. */
export interface MailSettings {
  readonly locale: string;
  readonly templates: string | undefined;
  /** To a mailbox. */
  readonly perMinute: number;
  readonly perHour: number;
  readonly toUnknown: boolean;
}

export function mailSettings(values: Values): MailSettings {
  return Object.freeze({
    locale: values.MAIL_LOCALE,
    templates: values.MAIL_TEMPLATES && resolve(values.MAIL_TEMPLATES),
    perMinute: values.MAILS_PER_RECIPIENT,
    perHour: values.MAILS_PER_RECIPIENT_HOURLY,
    toUnknown: values.UNKNOWN_ACCOUNT_MAILS === 'on',
  });
}
