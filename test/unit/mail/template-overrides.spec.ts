import { symlink } from 'node:fs/promises';
import { type Mail } from '../../../src/mail/mail-templates.js';
import { HTML, TeamTemplates, TXT } from './team-templates.js';

const LINK = 'https://x.test/#token=ghv_1';
describe('templates of the team (MAIL_TEMPLATES)', () => {
  const team = TeamTemplates.use();

  const verify = (locale: Mail['locale'] = 'en'): Mail => ({
    to: 'ann@example.com',
    locale,
    template: 'verify-email',
    params: {
      link: LINK,
      denyLink: LINK,
      token: 'ghv_1',
      code: '1234 5678',
      expiresIn: 7200,
      codeExpiresIn: 900,
      when: new Date('2026-11-24T20:31:59Z'),
      address: undefined,
      device: undefined,
    },
  });
  const registered = (locale: Mail['locale'] = 'en'): Mail => ({
    to: 'ann@example.com',
    locale,
    template: 'already-registered',
    params: {},
  });

  it('an empty folder changes nothing', async () => {
    expect((await team.start()).render(verify('de')).subject).toBe(
      'Bestätigen Sie Ihre E-Mail-Adresse',
    );
  });

  it('one file takes the place of ours, the others stay', async () => {
    await team.write({ 'en/verify-email.txt': TXT });
    const renderer = await team.start();
    const { subject, text, html } = renderer.render(verify());
    expect(subject).toBe('Come in');
    expect(text).toBe(`Open ${LINK} within 2 hours.\n`);
    expect(html).toContain('Where you are asked for a token instead');
    expect(html).toContain('<title>Come in</title>');
    expect(renderer.render(verify('de')).subject).toBe('Bestätigen Sie Ihre E-Mail-Adresse');
    expect(renderer.render(registered()).subject).toBe('You already have an account');
  });

  it('a layout for all languages, and one for a single language before it', async () => {
    await team.write({
      'layout.html': '<html lang="{{locale}}">ALL {{content}}</html>',
      'de/layout.html': '<html lang="{{locale}}">NUR {{content}} {{subject}}</html>',
    });
    const renderer = await team.start();
    expect(renderer.render(registered()).html).toMatch(/^<html lang="en">ALL <p>\s+Somebody/);
    expect(renderer.render(registered('de')).html).toMatch(/^<html lang="de">NUR <p>\s+Jemand/);
  });

  it('a part of all notices', async () => {
    await team.write({ 'en/circumstances.txt': 'On {{when}} ({{address}})\n' });
    const params = { when: new Date('2026-11-24T20:31:59Z'), address: '::1', device: 'curl' };
    const mail: Mail = { ...verify(), template: 'password-changed', params };
    const { text, html } = (await team.start()).render(mail);
    expect(text).toMatch(/\n\nOn November 24, 2026 at 8:31:59\sPM UTC \(::1\)\n\nIf it was you/);
    expect(html).toContain('Device: curl');
  });

  it('a new language needs a folder and nothing else; what it lacks comes in that of the service', async () => {
    await team.write({
      'fr/layout.html': '<html lang="{{locale}}">{{content}}</html>',
      'fr/verify-email.txt': 'Subject: Entrez\n\n{{link}}, {{expiresIn}}',
      'fr/verify-email.html': HTML,
    });
    const renderer = await team.start({ MAIL_LOCALE: 'de' });
    const { subject, text, html } = renderer.render(verify('fr-CA'));
    expect([subject, text]).toEqual(['Entrez', `${LINK}, 2\u00a0heures`]);
    expect(html).toMatch(/^<html lang="fr">/);
    expect(renderer.render(registered('fr')).subject).toBe('Sie haben bereits ein Konto');
    expect(renderer.choose(['it', 'fr-CA', 'en'])).toBe('fr-CA');
  });

  it('a variant of a language has its layout and parts from the language', async () => {
    await team.write({ 'de-AT/verify-email.txt': TXT, 'de-AT/verify-email.html': HTML });
    const renderer = await team.start();
    const { subject, html } = renderer.render(verify('de-AT'));
    expect(subject).toBe('Come in');
    expect(html).toContain('<html lang="de-AT">');
    expect(html).toContain('Gesendet von Gatehouse');
    expect(renderer.render(registered('de-AT')).subject).toBe('Sie haben bereits ein Konto');
  });

  it('line ends of Windows, a byte order mark, and what others keep in a folder do not matter', async () => {
    await team.write({
      'en/verify-email.txt': `\ufeff${TXT.replaceAll('\n', '\r\n')}`,
      '.git/config': 'x',
      'en/.DS_Store': Buffer.of(0xff),
      '..2026_11_24/en/verify-email.html': HTML,
    });
    await symlink('../..2026_11_24/en/verify-email.html', team.path('en/verify-email.html'));
    const { subject, html } = (await team.start()).render(verify());
    expect(subject).toBe('Come in');
    expect(html).toContain('>Come in</a>');
  });

  it('values are escaped in them as in ours, and break no header', async () => {
    await team.write({
      'en/verify-email.txt': 'Subject: For {{token}}\n\n{{token}}',
      'en/verify-email.html': '<p title="{{token}}">{{{token}}}</p>',
    });
    const evil = `"><script>x</script>\r\nBcc: bob@example.com`;
    const mail = verify();
    const params = { ...mail.params, token: evil };
    const { subject, html } = (await team.start()).render({ ...mail, params } as Mail);
    expect(subject).toBe(`For "><script>x</script>Bcc: bob@example.com`);
    const escaped = '&quot;&gt;&lt;script&gt;x&lt;/script&gt;Bcc: bob@example.com';
    expect(html).toContain(`<p title="${escaped}">{${escaped}}</p>`);
  });
});
