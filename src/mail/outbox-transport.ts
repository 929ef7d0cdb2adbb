import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Logger } from '@nestjs/common';
import { type Clock } from '../common/clock.js';
import { type Settings } from '../config/settings.js';
import { type MailMessage } from './mail-message.js';
import { MailTransport } from './mail-transport.js';

/**
 * Writes each mail to a JSON file, `{ to, subject, text, html, sentAt }`, in `DATA_DIR/outbox` instead of
 * sending it. The names sort by time; a file appears whole or not at all and is the owner's to read.
 */
export class OutboxTransport extends MailTransport {
  readonly #logger = new Logger('Outbox');
  readonly #directory: string;

  constructor(
    settings: Pick<Settings, 'dataDir'>,
    private readonly clock: Clock,
  ) {
    super();
    this.#directory = join(settings.dataDir, 'outbox');
  }

  protected async deliver({ id, to, subject, text, html }: MailMessage): Promise<void> {
    const sentAt = this.clock.now().toISOString();
    const path = join(this.#directory, `${sentAt.replaceAll(':', '-')}-${id}.json`);
    const draft = `${path}.tmp`;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await chmod(this.#directory, 0o700);
    const content = JSON.stringify({ to, subject, text, html, sentAt }, null, 2);
    await writeFile(draft, `${content}\n`, { mode: 0o600 });
    await rename(draft, path);
    this.#logger.log(`Mail to ${to}: "${subject}" → ${relative(process.cwd(), path)}`);
  }
}
