import { setTimeout as sleep } from 'node:timers/promises';
import { Postman } from '../../src/mail/postman.js';
import { Client } from './client.js';
import type { TestApp } from './test-app.js';

const tokensIn = ({ outbox }: TestApp, email: string): string[] =>
  outbox.to(email).flatMap(({ text }) => /ghp_\w+/.exec(text)?.[0] ?? []);

/** Forgets a password, and reads the token in the mail that comes. */
export async function resetTokenFor(test: TestApp, email: string): Promise<string> {
  const before = tokensIn(test, email).length;
  await new Client(test).forgot(email);
  for (let i = 0; i < 500; i++) {
    const token = tokensIn(test, email)[before];
    if (token !== undefined) return token;
    await sleep(20);
  }
  throw new Error('No mail with a link came');
}

/** Waits until every mail that was queued has gone out. */
export async function allMailsAreOut({ app }: TestApp): Promise<void> {
  await app.get(Postman, { strict: false }).idle();
}

/** How many mails with a reset link were written to the address. */
export async function linksMailedTo(test: TestApp, email: string): Promise<number> {
  await allMailsAreOut(test);
  return tokensIn(test, email).length;
}
