import { setTimeout as sleep } from 'node:timers/promises';
import { Mailer } from '../../src/mail/mailer.js';
import type { TestApp } from './test-app.js';

/** Waits until no mail waits to be sent. Of links that are asked for meanwhile only the newest is. */
export async function everyMailSent({ app, database }: TestApp): Promise<void> {
  for (let i = 0; i < 500; i++) {
    app.get(Mailer, { strict: false }).wake();
    const rows = await database.query<unknown[]>(
      'SELECT FROM mail_queue WHERE failed_at IS NULL LIMIT 1',
    );
    if (rows.length === 0) return;
    await sleep(20);
  }
  throw new Error(
    'Mails wait and are not sent: for their recipient there have been enough, perhaps',
  );
}
