import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSettings } from '../../../src/config/settings.js';
import { MailRenderer } from '../../../src/mail/mail-renderer.js';

export const TXT = 'Subject: Come in\n\nOpen {{link}} within {{expiresIn}}.\n';
export const HTML = '<p><a href="{{link}}">Come in</a> within {{expiresIn}}</p>\n';

/** A folder of templates, empty before each test. */
export class TeamTemplates {
  #folder = '';

  static use(): TeamTemplates {
    const team = new TeamTemplates();
    beforeEach(async () => {
      team.#folder = await mkdtemp(join(tmpdir(), 'gatehouse-templates-'));
    });
    afterEach(() => rm(team.#folder, { recursive: true }));
    return team;
  }

  path(file: string): string {
    return join(this.#folder, file);
  }

  async write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(this.path(name)), { recursive: true });
      await writeFile(this.path(name), content);
    }
  }

  async start(environment = {}): Promise<MailRenderer> {
    const renderer = new MailRenderer(
      readSettings({ MAIL_TEMPLATES: this.#folder, ...environment }),
    );
    await renderer.onModuleInit();
    return renderer;
  }
}
