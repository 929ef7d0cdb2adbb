import { Test } from '@nestjs/testing';
import { Clock } from '../../../src/common/clock.js';
import { ValidationFailed } from '../../../src/common/failures.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { type Environment, readSettings } from '../../../src/config/settings.js';
import { defaultRules } from '../../../src/passwords/default-rules.js';
import { HASH_WORKER_FILE } from '../../../src/passwords/hash-pool.js';
import { PASSWORD_HASHERS } from '../../../src/passwords/password-hasher.js';
import { PasswordPolicy } from '../../../src/passwords/password-policy.js';
import { PasswordService } from '../../../src/passwords/password.service.js';
import { PasswordsModule } from '../../../src/passwords/passwords.module.js';
import { cheapHashers, testHashWorker } from './support/cheap-hashing.js';
import { RangeServer, sha1 } from './support/range-server.js';

const ada = { email: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' };

async function policyWith(environment: Environment = {}): Promise<PasswordPolicy> {
  const settings = readSettings({ BREACH_CHECK: 'off', ...environment });
  return new PasswordPolicy(await defaultRules(settings, new Clock()));
}

const codes = (complaints: readonly { code: string }[]) => complaints.map(({ code }) => code);

describe('a new password', () => {
  test('hears all complaints at once, in the order of the rules', async () => {
    const policy = await policyWith({ PASSWORD_MIN_LENGTH: '12' });
    const about = { ...ada, phoneNumber: '12345678' };
    expect(codes(await policy.complaints('12345678', about))).toEqual([
      'password_too_similar',
      'password_too_short',
      'password_too_common',
      'password_entirely_numeric',
    ]);
  });

  test('is looked up among the breached ones even when other rules complain', async () => {
    const server = await new RangeServer().open();
    server.rows(`${sha1('12345678').slice(5)}:7`);
    const policy = await policyWith({ BREACH_CHECK: 'on', BREACH_CHECK_URL: server.url });
    expect(codes(await policy.complaints('12345678')).at(-1)).toBe('password_breached');
    await server.close();
  });

  test.each([
    ['too long', 'x'.repeat(129), 'password_too_long'],
    ['malformed', '\ud800', 'password_malformed'],
  ])('that is %s is judged no further, nor looked up', async (_, password, code) => {
    const server = await new RangeServer().open();
    const policy = await policyWith({ BREACH_CHECK: 'strict', BREACH_CHECK_URL: server.url });
    expect(codes(await policy.complaints(password, { firstName: password }))).toEqual([code]);
    expect(server.asked).toHaveLength(0);
    await server.close();
  });

  test('is judged in the form in which it is hashed: an accent is not a character of its own', async () => {
    const policy = await policyWith();
    expect(codes(await policy.complaints('e\u0301'.repeat(9)))).toEqual(['password_too_short']);
    expect(await policy.complaints('e\u0301'.repeat(10))).toEqual([]);
    expect(await policy.complaints('e\u0301'.repeat(128))).toEqual([]);
  });

  test.each(['four words and spaces', '           x', 'qzj vkw xpl mbt', '🔑🔒🗝🔐🔏🔓🗄🗃🗂📁'])(
    'such as %j is welcome',
    async (password) => {
      expect(await (await policyWith()).complaints(password, ada)).toEqual([]);
    },
  );
});

describe('asserting that a password is acceptable', () => {
  test('passes a good one', async () => {
    const policy = await policyWith();
    await expect(policy.assertAcceptable('four words and spaces', ada)).resolves.toBeUndefined();
  });

  test('fails with every complaint, under the name of the field', async () => {
    const refused = (await policyWith()).assertAcceptable('lovelace', ada, 'newPassword');
    await expect(refused).rejects.toThrow(ValidationFailed);
    await expect(refused).rejects.toMatchObject({
      errors: [
        {
          field: 'newPassword',
          code: 'password_too_similar',
          message: 'The password is too similar to the last name.',
          params: { attribute: 'lastName' },
        },
        { field: 'newPassword', code: 'password_too_short', params: { minLength: 10 } },
        { field: 'newPassword', code: 'password_too_common' },
      ],
    });
  });

  test('calls the field "password" unless told otherwise', async () => {
    const refused = (await policyWith()).assertAcceptable('short');
    await expect(refused).rejects.toMatchObject({ errors: [{ field: 'password' }] });
  });
});

describe('the rules in words', () => {
  test('are told in order, each with its numbers', async () => {
    expect((await policyWith({ BREACH_CHECK: 'on' })).describe()).toMatchObject([
      { code: 'password_malformed' },
      { code: 'password_too_long', params: { maxLength: 128 } },
      { code: 'password_too_similar' },
      { code: 'password_too_short', params: { minLength: 10 } },
      { code: 'password_too_common' },
      { code: 'password_entirely_numeric' },
      { code: 'password_breached' },
    ]);
  });

  test('do not mention breaches when nobody looks', async () => {
    const policy = await policyWith({ BREACH_CHECK: 'off' });
    expect(codes(policy.describe())).not.toContain('password_breached');
  });
});

test('the room opens, works with cheaper hashers, and closes', async () => {
  const settings = readSettings({ BREACH_CHECK: 'off' });
  const room = await Test.createTestingModule({
    imports: [ConfigModule.with(settings), PasswordsModule],
  })
    .overrideProvider(PASSWORD_HASHERS)
    .useValue(cheapHashers)
    .overrideProvider(HASH_WORKER_FILE)
    .useValue(testHashWorker)
    .compile();
  const passwords = room.get(PasswordService);
  const encoded = await passwords.hash('four words and spaces');
  expect(encoded).toMatch(/^bcrypt_sha256\$\$2b\$04\$/);
  expect(await passwords.check('four words and spaces', encoded)).toEqual({ ok: true });
  await expect(room.get(PasswordPolicy).assertAcceptable('short')).rejects.toThrow(
    ValidationFailed,
  );
  await room.close();
  await expect(passwords.hash('four words and spaces')).rejects.toThrow('away or too busy');
});
