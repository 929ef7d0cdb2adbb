import { templateFindings } from '../../../src/cli/check/template-findings.js';
import { InvalidSettings, readSettings } from '../../../src/config/settings.js';
import { HTML, TeamTemplates, TXT } from './team-templates.js';

describe('Mistakes in templates of the team stop the start with a sentence that names the file:', () => {
  const team = TeamTemplates.use();

  /** The complaint with which the start ends. */
  const refusal = (folder = team.path('')) =>
    team.start({ MAIL_TEMPLATES: folder }).then(
      () => 'started',
      (error: unknown) => {
        expect(error).toBeInstanceOf(InvalidSettings);
        return (error as Error).message.split('\n')[1]?.trim();
      },
    );

  it.each<[string, Record<string, string | Buffer>, string, string]>([
    [
      'a parameter that there is not',
      { 'en/verify-email.txt': `${TXT}{{password}}` },
      'en/verify-email.txt',
      'is not given {{password}}',
    ],
    [
      'one of another mail',
      { 'de/already-registered.html': '{{link}}' },
      'de/already-registered.html',
      'is not given {{link}}',
    ],
    [
      'one in the subject',
      { 'en/verify-email.txt': 'Subject: {{firstName}}\n\nx' },
      'en/verify-email.txt',
      'is not given {{firstName}}',
    ],
    [
      'one in a layout',
      { 'layout.html': '{{content}}{{link}}' },
      'layout.html',
      'is not given {{link}}',
    ],
    [
      'one in a part',
      { 'en/circumstances.html': '{{email}}' },
      'en/circumstances.html',
      'is not given {{email}}',
    ],
    [
      'a part where there is nothing to say',
      { 'en/reset-password.txt': `${TXT}{{circumstances}}` },
      'en/reset-password.txt',
      'is not given {{circumstances}}',
    ],
    [
      'a layout without content',
      { 'en/layout.html': '<p>Hello</p>' },
      'en/layout.html',
      'must have {{content}} once',
    ],
    [
      'a layout with content twice',
      { 'en/layout.html': '{{content}}{{content}}' },
      'en/layout.html',
      'must have {{content}} once',
    ],
    [
      'a mail that there is not',
      { 'en/verfy-email.txt': TXT },
      'en/verfy-email.txt',
      'is none of the mails that are sent',
    ],
    [
      'another kind of file',
      { 'en/verify-email.mjml': TXT },
      'en/verify-email.mjml',
      'is none of the mails that are sent',
    ],
    [
      'a file outside of a language',
      { 'verify-email.txt': TXT },
      'verify-email.txt',
      'is not named after a language, such as fr or pt-BR',
    ],
    [
      'a folder that is no language',
      { 'german/verify-email.txt': TXT },
      'german',
      'is not named after a language, such as fr or pt-BR',
    ],
    [
      'a language as it is not written',
      { 'de-at/verify-email.txt': TXT },
      'de-at',
      'is not named after a language, such as fr or pt-BR',
    ],
    [
      'HTML without text',
      { 'fr/layout.html': '{{content}}', 'fr/verify-email.html': HTML },
      'fr/verify-email.html',
      'has no verify-email.txt beside it',
    ],
    [
      'text without HTML',
      { 'fr/layout.html': '{{content}}', 'fr/verify-email.txt': TXT },
      'fr/verify-email.txt',
      'has no verify-email.html beside it',
    ],
    [
      'a language without a layout',
      { 'fr/verify-email.txt': TXT, 'fr/verify-email.html': HTML },
      'fr',
      'has no layout.html',
    ],
    [
      'no subject',
      { 'en/verify-email.txt': 'Open {{link}}' },
      'en/verify-email.txt',
      'must begin with "Subject: …" and an empty line',
    ],
    [
      'a second header',
      { 'en/verify-email.txt': 'Subject: x\nBcc: bob@example.com\n\nx' },
      'en/verify-email.txt',
      'must begin with "Subject: …" and an empty line',
    ],
    [
      'no text',
      { 'en/verify-email.txt': 'Subject: x\n\n' },
      'en/verify-email.txt',
      'must begin with "Subject: …" and an empty line',
    ],
    [
      'a control character in the subject',
      { 'en/verify-email.txt': 'Subject: x\u0000\n\nx' },
      'en/verify-email.txt',
      'has a subject that is not one line of text',
    ],
    [
      'an attribute without quotes',
      { 'en/verify-email.html': '<a href={{link}}>' },
      'en/verify-email.html',
      'has a {{name}} in a tag that is not between quotes',
    ],
    [
      'bytes that are no UTF-8',
      { 'en/verify-email.txt': Buffer.from('Subject: \xe4\n\nx', 'latin1') },
      'en/verify-email.txt',
      'cannot be read as UTF-8 text',
    ],
    [
      'a file that is too large',
      { 'en/verify-email.html': 'x'.repeat(262_145) },
      'en/verify-email.html',
      'is larger than 262144 bytes',
    ],
  ])('%s', async (_, files, file, complaint) => {
    await team.write(files);
    expect(await refusal()).toBe(`MAIL_TEMPLATES: ${team.path(file)} ${complaint}`);
  });

  it('and the check finds them before', async () => {
    const settings = readSettings({ MAIL_TEMPLATES: team.path('') });
    expect(await templateFindings(settings)).toEqual([]);
    await team.write({ 'en/verify-email.txt': `${TXT}{{password}}` });
    expect(await templateFindings(settings)).toMatchObject([
      {
        id: 'gatehouse.E001',
        message: `MAIL_TEMPLATES: ${team.path('en/verify-email.txt')} is not given {{password}}`,
      },
    ]);
  });

  it('a folder that there is not', async () => {
    expect(await refusal(team.path('none'))).toBe(
      `MAIL_TEMPLATES: ${team.path('none')} is not a folder that can be read`,
    );
  });
});
