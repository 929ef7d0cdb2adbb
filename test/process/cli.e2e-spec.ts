import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '../../src/config/key-ring.js';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { Session } from '../../src/sessions/session.entity.js';
import { User } from '../../src/users/user.entity.js';
import { Make, someEmail } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { run } from '../support/test-database.js';
import { cleanUpCli, cli, compileCli, hasTerminals, Person, written } from './cli-support.js';

const PASSWORD = 'a lantern under the bridge';
const OTHER = 'seven quiet bicycles';
const COMMON = 'qwertyuiop';
const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37) % 256)).toString('base64');

describe('The command line', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    compileCli();
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(async () => {
    cleanUpCli();
    await test.close();
    const said = written.join('\n');
    for (const secret of [PASSWORD, OTHER, COMMON, KEY]) expect(said).not.toContain(secret);
    expect(said).not.toContain(new URL(process.env['DATABASE_URL'] ?? '').password);
    expect(said).not.toMatch(/bcrypt|\n\s+at /);
  });

  const userOf = (email: string) => test.database.getRepository(User).findOneBy({ email });

  describe('createsuperuser', () => {
    it('makes somebody who can sign in and holds every permission', async () => {
      const email = someEmail('Root');
      const words = `createsuperuser --email ${email} --first-name Ann --password-stdin`;
      expect(await cli(words, `${PASSWORD}\n`)).toEqual({
        code: 0,
        out: `${email} is a superuser now.\nAt the first sign-in a second factor is to be set up: see docs/two-factor.md.\n`,
        err: '',
      });
      const { status, body } = await make.client.login(email, PASSWORD);
      expect(status).toBe(200);
      expect((await make.client.as(body.accessToken).me()).body).toMatchObject({
        email,
        emailVerified: true,
        firstName: 'Ann',
        isStaff: true,
        isSuperuser: true,
      });
    });

    it('makes one if two are made at the same time', async () => {
      const email = someEmail();
      const words = `createsuperuser --email ${email} --password-stdin`;
      const ended = await Promise.all([cli(words, PASSWORD), cli(words, PASSWORD)]);
      expect(ended.map(({ code }) => code).sort()).toEqual([0, 1]);
      expect(ended.find(({ code }) => code === 1)?.err).toContain(
        `${email} already has an account`,
      );
      expect(await test.database.getRepository(User).countBy({ email })).toBe(1);
    });

    it('leaves an account alone whose address is proved', async () => {
      const { email } = await make.user();
      const before = await userOf(email);
      const ended = await cli(`createsuperuser --email ${email} --password-stdin`, PASSWORD);
      expect(ended).toMatchObject({ code: 1, out: '' });
      expect(ended.err).toContain(`changepassword ${email}`);
      expect(await userOf(email)).toEqual(before);
    });

    it('takes the place of a registration that nobody proved, and of its password', async () => {
      const email = someEmail();
      await make.client.register(email, OTHER);
      const ended = await cli(`createsuperuser --email ${email} --password-stdin`, PASSWORD);
      expect(ended.code).toBe(0);
      expect(await make.client.login(email, OTHER)).toMatchObject({ status: 401 });
      expect(await make.client.login(email, PASSWORD)).toMatchObject({ status: 200 });
    });

    it('tells everything that is wrong with a password, and makes nobody', async () => {
      const email = `${COMMON}@example.com`;
      const words = `createsuperuser --email ${email} --password-stdin`;
      const ended = await cli(words, `${COMMON}\n`, { PASSWORD_MIN_LENGTH: '12' });
      written.splice(-2); // the address, which it names, is like the password here
      expect(ended).toEqual({
        code: 1,
        out: '',
        err: [
          'The password is too similar to the email address.',
          'This password is too short. It must contain at least 12 characters.',
          'This password is too common.',
          '',
        ].join('\n'),
      });
      expect(await userOf(email)).toBeNull();
    });

    it('takes any password if it is told to', async () => {
      const email = someEmail();
      const words = `createsuperuser --email ${email} --password-stdin --bypass-password-validation`;
      expect(await cli(words, COMMON)).toMatchObject({ code: 0 });
      expect(await make.client.login(email, COMMON)).toMatchObject({ status: 200 });
    });

    it('needs a terminal or a password on standard input', async () => {
      const email = someEmail();
      const ended = await cli(`createsuperuser --email ${email}`, `${PASSWORD}\n`);
      expect(ended).toMatchObject({ code: 2, out: '' });
      expect(ended.err).toContain('--password-stdin');
      expect(await userOf(email)).toBeNull();
    });
  });

  describe('changepassword', () => {
    it('changes the password and ends every session', async () => {
      const { client, email, password, user } = await make.signedIn();
      await make.client.login(email, password);
      const ended = await cli(`changepassword ${email.toUpperCase()} --password-stdin`, PASSWORD);
      expect(ended.out).toBe(`${email} has a new password. Sessions ended: 2.\n`);
      expect(await test.database.getRepository(Session).countBy({ userId: user.id })).toBe(0);
      expect(await client.me()).toMatchObject({ status: 401 });
      expect(await make.client.login(email, password)).toMatchObject({ status: 401 });
      expect(await make.client.login(email, PASSWORD)).toMatchObject({ status: 200 });
    });

    it('makes every device a stranger, and holds nothing against the account any more', async () => {
      const { email, user } = await make.signedIn();
      await make.client.login(email, 'not the password');
      const account = test.app.get(KeyRing).mac('guesses', email).subarray(0, 16);
      const left = () =>
        test.database.query<unknown[]>(
          `SELECT user_id::text FROM known_devices WHERE user_id = $1
            UNION ALL SELECT 'guesses' FROM guess_counts WHERE account = $2`,
          [user.id, account],
        );
      expect(await left()).toHaveLength(2);
      await cli(`changepassword ${email} --password-stdin`, PASSWORD);
      expect(await left()).toEqual([]);
    });

    it('refuses what is like the person, and changes nothing', async () => {
      const { client, email, password } = await make.signedIn({ organization: OTHER });
      const ended = await cli(`changepassword ${email} --password-stdin`, OTHER);
      expect(ended).toMatchObject({ code: 1, out: '' });
      expect(ended.err).toBe('The password is too similar to the organization.\n');
      expect(await client.me()).toMatchObject({ status: 200 });
      expect(await make.client.login(email, password)).toMatchObject({ status: 200 });
    });

    it('fails if there is nobody', async () => {
      const email = someEmail();
      expect(await cli(`changepassword ${email} --password-stdin`, PASSWORD)).toEqual({
        code: 1,
        out: '',
        err: `Nobody signs in with ${email}.\n`,
      });
    });
  });

  describe('check', () => {
    it('fails on what the server would not start with, and shows no secret', async () => {
      const ended = await cli('check --deploy', '', {
        SECRET_KEYS: KEY,
        PUBLIC_URL: 'http://auth.example.org',
        NODE_ENV: 'production',
      });
      expect(ended).toMatchObject({ code: 1, err: '' });
      expect(ended.out).toContain('error    gatehouse.E003  PUBLIC_URL must start with https://');
      expect(ended.out).toContain('warning  gatehouse.W003');
      expect(ended.out).not.toContain('gatehouse.W001');
      expect(ended.out).not.toContain('gatehouse.W101');
    });

    it('names staff and superusers who have no second factor', async () => {
      const email = someEmail('aaa');
      await cli(`createsuperuser --email ${email} --password-stdin`, PASSWORD);
      const { out } = await cli('check');
      expect(out).toMatch(/^warning +gatehouse\.W103 .*without a second factor: \d+ \(/m);
      expect(out).toContain(email);
    });

    it('says in one line why the database cannot be asked', async () => {
      const away = 'postgres://gatehouse:letmein@127.0.0.1:1/gatehouse';
      const ended = await cli('check', '', { DATABASE_URL: away });
      expect(ended).toMatchObject({ code: 1, err: '' });
      expect(ended.out).toMatch(/^error +gatehouse\.E101 .*ECONNREFUSED/);
      expect(ended.out).not.toContain('letmein');
    });
  });

  it('brings a database of its own up to date, works beside it, and stops it again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-cli-data-'));
    const postmaster = join(dataDir, 'postgres', 'postmaster.pid');
    const own = { DATABASE_URL: undefined, DATA_DIR: dataDir };
    try {
      const first = await cli('migrate', '', own);
      expect(first.code).toBe(0);
      expect(first.out).toMatch(/^Foundation\d+\n/);
      expect(existsSync(postmaster)).toBe(false);

      const running = await startEmbeddedPostgres(dataDir, { durable: false });
      expect(await cli('migrate', '', own)).toEqual({
        code: 0,
        out: 'Nothing to apply.\n',
        err: '',
      });
      await run(running.url, ['SELECT 1 FROM users']);
      await running.stop();
      expect(existsSync(postmaster)).toBe(false);
    } finally {
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 });
    }
  });

  (hasTerminals ? describe : describe.skip)('on a terminal (needs script(1) of util-linux)', () => {
    it('asks for what is missing, shows no password, and lets one try again', async () => {
      const email = someEmail();
      const person = new Person('createsuperuser');
      await person.answers('E-mail address: ', 'nobody');
      await person.sees('It must be an e-mail address');
      await person.answers('E-mail address: ', email);
      await person.answers('Password: ', PASSWORD);
      await person.answers('Password (again): ', OTHER);
      await person.sees('The two passwords are not the same.');
      await person.answers('Password: ', COMMON);
      await person.answers('Password (again): ', COMMON);
      await person.sees('This password is too common.');
      await person.answers('Take this password all the same? [y/N] ', '');
      await person.answers('Password: ', `${PASSWORD}!\u007f`); // a slip, and backspace
      await person.answers('Password (again): ', PASSWORD);
      await person.sees(`${email} is a superuser now.`);
      expect(await person.leaves()).toBe(0);
      expect(person.seen).toMatch(new RegExp(`E-mail address: \\S*${email}`)); // what may be seen is
      expect(person.seen).not.toMatch(/-echo\b|-icanon/);
      expect(await make.client.login(email, PASSWORD)).toMatchObject({ status: 200 });
    });

    it('gives up after three attempts', async () => {
      const { client, email } = await make.signedIn();
      const person = new Person(`changepassword ${email}`);
      for (const again of [OTHER, '', COMMON]) {
        await person.answers('Password: ', again === '' ? '' : PASSWORD);
        await person.answers('Password (again): ', again);
      }
      await person.sees('No password was set after 3 attempts.');
      expect(await person.leaves()).toBe(1);
      expect(await client.me()).toMatchObject({ status: 200 });
    });

    it('is left as it was when one changes one’s mind', async () => {
      const email = someEmail();
      const person = new Person(`createsuperuser --email ${email}`);
      await person.answers('Password: ', PASSWORD);
      await person.sees('Password (again): ');
      person.types('\u0003');
      expect(await person.leaves()).toBe(130);
      expect(person.seen).toContain('Interrupted.');
      expect(person.seen).not.toMatch(/-echo\b|-icanon/);
      expect(await userOf(email)).toBeNull();
    });
  });
});
