import { createHash } from 'node:crypto';
import { Client } from '../support/client.js';
import { wholeDatabase } from '../support/dump.js';
import { HostileProvider } from '../support/hostile-provider.js';
import { changingNoRow } from '../support/rows.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const REFUSED = `${PUBLIC_URL}/docs?error=provider_refused`;

describe('Ways to two providers, one of which is hostile', () => {
  let good: HostileProvider;
  let evil: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;
  let evilVisits: SocialVisits;

  beforeAll(async () => {
    good = await HostileProvider.start('acme');
    evil = await HostileProvider.start('evil');
    evil.lies = { discovery: { authorization_response_iss_parameter_supported: undefined } };
    const environment = { ...good.environment, ...evil.environment };
    test = await startTestApp({ environment });
    visits = new SocialVisits(test, good);
    evilVisits = new SocialVisits(test, evil, 'evil');
  });
  afterAll(async () => {
    await test.close();
    await good.close();
    await evil.close();
  });

  const paramsOf = ({ location }: { location: string }) => new URL(location).searchParams;
  const begun = async () => {
    const { location, cookie } = await visits.begin();
    return { back: good.consent(location, visits.someone().sub), cookie };
  };

  it('ask for a code with all that ties it to this browser', async () => {
    const { location, cookie } = await visits.begin();
    const { code_challenge, nonce, ...rest } = Object.fromEntries(paramsOf({ location }));
    expect(rest).toEqual({
      state: expect.stringMatching(/^gho_/) as string,
      client_id: 'gatehouse',
      response_type: 'code',
      redirect_uri: `${PUBLIC_URL}/v1/auth/social/acme/callback`,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
    });
    expect([code_challenge, nonce]).toEqual([
      expect.stringMatching(/^[\w-]{43}$/),
      expect.stringMatching(/^[\w-]{43,}$/),
    ]);
    await visits.comeBack(good.consent(location, visits.someone().sub), cookie);
    const { body } = good.asked.findLast(({ page }) => page === 'token')!;
    const verifier = new URLSearchParams(body).get('code_verifier') ?? '';
    expect(verifier).toMatch(/^[\w.~-]{43,128}$/);
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(code_challenge);
  });

  it('are tied anew each time, in the same browser, too', async () => {
    const { cookie } = await visits.begin();
    const url = '/v1/auth/social/acme/authorize?redirectTo=/docs';
    const ties = [];
    for (let i = 0; i < 1000; i++) {
      const headers = i % 2 === 0 ? { cookie } : {};
      const answer = await new Client(test).send({ method: 'GET', url, headers });
      const params = paramsOf({ location: String(answer.headers.location) });
      ties.push(...['state', 'nonce', 'code_challenge'].map((name) => params.get(name)));
    }
    expect(new Set(ties).size).toBe(3000);
  });

  it.each([
    [
      'no state',
      (back: URL) => {
        back.searchParams.delete('state');
      },
    ],
    [
      'another state',
      (back: URL) => {
        back.searchParams.set('state', 'another');
      },
    ],
    [
      'half a state',
      (back: URL) => {
        back.searchParams.set('state', back.searchParams.get('state')!.slice(0, -1));
      },
    ],
    [
      'a state of 8 KB',
      (back: URL) => {
        back.searchParams.set('state', 'a'.repeat(8192));
      },
    ],
  ])('end nowhere with %s, and the provider hears nothing of it', async (_, change) => {
    const { back, cookie } = await begun();
    change(back);
    const before = good.times('token');
    expect((await changingNoRow(test, () => visits.comeBack(back, cookie))).status).toBe(400);
    expect(good.times('token')).toBe(before);
  });

  it('D08 end in no other browser: whoever brings hers to a victim signs nobody in', async () => {
    const { back } = await begun();
    const victim = await visits.begin();
    const before = good.times('token');
    for (const cookie of [victim.cookie, '', 'social=ghb_forged']) {
      const landed = await visits.comeBack(back, cookie);
      expect(landed).toMatchObject({ status: 400, session: undefined });
    }
    expect(good.times('token')).toBe(before);
  });

  it('end in no browser that was given two cookies', async () => {
    const { back, cookie } = await begun();
    const planted = (await visits.begin()).cookie;
    expect((await visits.comeBack(back, `${planted}; ${cookie}`)).status).toBe(400);
  });

  it('end once, of 50 at once, too', async () => {
    const { back, cookie } = await begun();
    const before = good.times('token');
    const landed = await Promise.all(
      Array.from({ length: 50 }, () => visits.comeBack(back, cookie)),
    );
    expect(landed.filter(({ session }) => session !== undefined)).toHaveLength(1);
    expect(good.times('token') - before).toBe(1);
  });

  it.each([
    [
      'of another issuer',
      (back: URL) => {
        back.searchParams.set('iss', evil.issuer);
      },
    ],
    [
      'of its issuer, almost',
      (back: URL) => {
        back.searchParams.set('iss', `${good.issuer}/`);
      },
    ],
    [
      'of nobody, though it announces to say',
      (back: URL) => {
        back.searchParams.delete('iss');
      },
    ],
    [
      'of two',
      (back: URL) => {
        back.searchParams.append('iss', good.issuer);
      },
    ],
    [
      'with two codes',
      (back: URL) => {
        back.searchParams.append('code', 'another');
      },
    ],
    [
      'with two states',
      (back: URL) => {
        back.searchParams.append('state', 'another');
      },
    ],
    [
      'with nothing',
      (back: URL) => {
        back.searchParams.delete('code');
      },
    ],
  ])('are refused with an answer %s, and no code is shown to anybody', async (_, change) => {
    const { back, cookie } = await begun();
    change(back);
    const before = [good.times('token'), evil.times('token')];
    expect((await visits.comeBack(back, cookie)).location).toBe(REFUSED);
    expect([good.times('token'), evil.times('token')]).toEqual(before);
  });

  it('are not mixed up: what began at the one does not end at the other', async () => {
    const { back, cookie } = await begun();
    back.pathname = '/v1/auth/social/evil/callback';
    const before = evil.asked.length;
    expect((await evilVisits.comeBack(back, cookie)).status).toBe(400);
    expect(evil.asked).toHaveLength(before);
  });

  it('are refused where the one answers with a code of the other', async () => {
    const { location, cookie } = await evilVisits.begin();
    const stolen = good.consent((await visits.begin()).location, visits.someone().sub);
    const more = { code: stolen.searchParams.get('code')!, iss: good.issuer };
    const before = evil.times('token');
    const back = evil.consent(location, 'mallory', more);
    expect((await evilVisits.comeBack(back, cookie)).location).toBe(REFUSED);
    expect(evil.times('token')).toBe(before);
  });

  it('of two tabs end both, each as whom it was begun', async () => {
    const people = [visits.someone(), visits.someone()];
    const { location, cookie } = await visits.begin();
    const second = await new Client(test).send({
      method: 'GET',
      url: '/v1/auth/social/acme/authorize?redirectTo=/docs',
      headers: { cookie },
    });
    const backs = [
      good.consent(String(second.headers.location), people[1]!.sub),
      good.consent(location, people[0]!.sub),
    ];
    const emails = [];
    for (const back of backs) {
      emails.push((await visits.whoIs((await visits.comeBack(back, cookie)).session)).email);
    }
    expect(emails).toEqual([people[1]!.email, people[0]!.email]);
    expect((await visits.comeBack(backs[0]!, cookie)).status).toBe(400); // the back button
  });

  it('leave nothing that the provider handed out in rows, logs and answers', async () => {
    const { back, cookie } = await begun();
    const answer = await new Client(test).send({
      method: 'GET',
      url: back.pathname + back.search,
      headers: { cookie },
    });
    expect(answer.status).toBe(302);
    const everything = [
      await wholeDatabase(test),
      test.logged.join('\n'),
      answer.text,
      JSON.stringify(answer.headers),
    ].join('\n');
    expect(good.handedOut.length).toBeGreaterThan(3);
    expect(good.handedOut.filter((each) => everything.includes(each))).toEqual([]);
    expect(everything).not.toContain('what only two should know');
  });
});
