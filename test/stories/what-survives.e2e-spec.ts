import { Make } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { resetTokenFor } from '../support/reset-links.js';
import { CHOSEN, HOLDINGS, must, Person } from '../support/survival.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/**
 * What she holds from before, and what it is worth after something happened to her account: `+` it works on,
 * `-` it is dead, `.` she cannot hold it then. A mail that waits in the queue holds one of these links, and is
 * delivered; its link is worth what the table says. `guesses`: whether failures at the address still count.
 */
const TABLE = `
                         | access | refresh | device | guesses | reset | verify | verify code | change | change code | undo | keep
does nothing             | +      | +       | +      | +       | +     | +      | +           | +      | +           | +    | +
changes her password     | -      | -       | +      | +       | -     | +      | +           | -      | -           | +    | .
sets a first password    | -      | -       | +      | +       | -     | +      | +           | -      | -           | +    | .
resets her password      | -      | -       | -      | -       | -     | -      | -           | -      | -           | +    | .
changes her address      | -      | -       | +      | +       | -     | -      | -           | -      | -           | +    | .
undoes a change before it| -      | -       | -      | +       | -     | .      | .           | -      | -           | -    | .
is closed by herself     | -      | -       | +      | +       | -     | -      | -           | -      | -           | +    | .
came back by herself     | -      | -       | +      | +       | -     | .      | .           | -      | -           | +    | .
is closed by SQL         | -      | -       | +      | +       | -     | -      | -           | -      | -           | +    | -
was closed by SQL, opened| -      | -       | +      | +       | -     | +      | +           | -      | -           | +    | -
asks for deletion        | -      | -       | +      | +       | -     | -      | -           | -      | -           | +    | .
undoes the deletion      | -      | -       | +      | +       | -     | .      | .           | -      | -           | +    | -
asks for the way back    | .      | .       | .      | .       | .     | .      | .           | .      | .           | .    | -
is gone, address reused  | -      | -       | -      | +       | -     | -      | -           | -      | -           | -    | -
is registered again      | .      | .       | .      | +       | -     | -      | -           | .      | .           | .    | .
is denied                | -      | -       | -      | +       | -     | -      | -           | -      | -           | .    | .
is proved by other means | -      | -       | -      | +       | -     | -      | -           | -      | -           | .    | .
gets one from the CLI    | -      | -       | -      | -       | -     | +      | +           | -      | -           | +    | +
`;

type Deed = (her: Person) => Promise<void>;

interface Event {
  /** What she did before she came by what she holds. */
  readonly before?: Deed;
  readonly deed: Deed;
  /** Whether nobody has proved the address, and nobody signed in. */
  readonly start?: 'unproved' | 'registered';
}

/** The links that are mailed for this are read after those of before. */
const token = (her: Person, prefix: string) => her.changes.tokenIn(her.email, prefix);
const close: Deed = async (her) => {
  must(await her.here.post('/v1/users/me/deactivate'));
};
const undoes = new Map<string, string>();

const EVENTS: Readonly<Record<string, Event>> = {
  'does nothing': { deed: () => Promise.resolve() },
  'changes her password': {
    deed: async (her) => {
      const body = { currentPassword: her.password, newPassword: CHOSEN };
      must(await her.here.post('/v1/auth/password/change', body));
    },
  },
  'sets a first password': {
    deed: async (her) => {
      await her.sql('UPDATE users SET password_hash = NULL WHERE id = $1');
      must(await her.here.post('/v1/auth/password/set', { newPassword: CHOSEN }));
    },
  },
  'resets her password': {
    deed: async (her) => {
      must(await her.make.client.reset(await resetTokenFor(her.test, her.email), CHOSEN));
    },
  },
  'changes her address': {
    deed: async (her) => {
      const to = `to.${her.email}`;
      must(await her.changes.ask(her.here, to));
      must(await her.changes.confirm(await her.changes.tokenIn(to, 'ghe')));
      her.email = to;
    },
  },
  'undoes a change before it': {
    before: async (her) => {
      undoes.set(her.id, (await her.changesAddress()).undo);
    },
    deed: async (her) => {
      must(await her.changes.undo(undoes.get(her.id)));
    },
  },
  'is closed by herself': { deed: close },
  'came back by herself': {
    deed: async (her) => {
      await close(her);
      must(await her.anonymously('/v1/auth/reactivation', { email: her.email }));
      await her.keeps(await token(her, 'ghd'));
    },
  },
  'is closed by SQL': {
    deed: (her) => her.sql('UPDATE users SET is_active = false WHERE id = $1'),
  },
  'was closed by SQL, opened': {
    deed: async (her) => {
      await her.sql('UPDATE users SET is_active = false WHERE id = $1');
      await her.sql('UPDATE users SET is_active = true WHERE id = $1');
    },
  },
  'asks for deletion': { deed: (her) => her.leaves() },
  'undoes the deletion': {
    deed: async (her) => {
      if (her.test.outbox.to(her.email).every(({ text }) => !text.includes('ghd_'))) {
        await her.leaves();
      }
      await her.keeps(await token(her, 'ghd'));
    },
  },
  'asks for the way back': {
    deed: async (her) => {
      const before = her.test.outbox.to(her.email).length;
      must(await her.anonymously('/v1/auth/reactivation', { email: her.email }));
      await her.test.outbox.waitFor(her.email, before + 1);
    },
  },
  'is gone, address reused': {
    deed: async (her) => {
      await her.sql(
        `UPDATE users SET is_active = false, left_at = now(), deletion_due_at = now() WHERE id = $1`,
      );
      await her.isGoneForGood();
      await her.make.user({ email: her.email });
    },
  },
  'is registered again': {
    start: 'registered',
    deed: async (her) => {
      must(await her.make.client.register(her.email, CHOSEN));
    },
  },
  'is denied': {
    start: 'unproved',
    deed: async (her) => {
      must(await her.anonymously('/v1/auth/email/verification', { email: her.email }));
      must(await her.anonymously('/v1/auth/email/deny', { token: await token(her, 'ghv') }));
    },
  },
  'is proved by other means': { start: 'unproved', deed: (her) => her.provesByOther() },
  'gets one from the CLI': { deed: (her) => her.isAdministered() },
};

const [head = [], ...rows] = TABLE.slice(1, -1)
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));
const columns = head.slice(1);
const cells = rows.flatMap(([event = '', ...marks]) =>
  marks.flatMap((mark, i): [string, string, string][] =>
    mark === '.' ? [] : [[columns[i] ?? '', event, mark]],
  ),
);

describe('What she holds from before', () => {
  let test: TestApp;
  /** Where a registration waits for its proof, and may be replaced until then. */
  let strict: TestApp;

  beforeAll(async () => {
    const environment = { ...MANY_MAILS, LOGIN_FAILURES_PER_ACCOUNT: '3' };
    test = await startTestApp({ environment: { ...environment, EMAIL_VERIFICATION: 'optional' } });
    strict = await startTestApp({ environment });
  });
  afterAll(async () => {
    await strict.close();
    await test.close();
  });

  it('is told of for every event and every holding', () => {
    expect(columns).toEqual(Object.keys(HOLDINGS));
    expect(rows.map(([event]) => event)).toEqual(Object.keys(EVENTS));
  });

  it.each(cells)('%s, when she %s: %s', async (column, event, mark) => {
    const { before, deed, start } = EVENTS[event]!;
    const proved = start === undefined && !column.startsWith('verify');
    const her =
      start === 'registered'
        ? await Person.registered(strict, new Make(strict))
        : await Person.signedIn(test, new Make(test), proved);
    await before?.(her);
    const lives = await HOLDINGS[column]!(her);
    await deed(her);
    expect((await lives()) ? '+' : '-').toBe(mark);
  });
});
