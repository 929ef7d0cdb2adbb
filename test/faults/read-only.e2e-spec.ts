import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GOOD_PASSWORD, someEmail } from '../support/make.js';
import { removeProgram, ServerProcess } from '../support/server-process.js';
import { ask } from './ask.js';
import { Fleet, missing } from './fleet.js';
import { noReadOnly, readOnly, watchWrites, WRITES } from './read-only.js';

jest.setTimeout(120_000);

const reason = missing ?? noReadOnly();
const NEW = 'a heron sleeps on the roof';
const title = 'As nobody, on a file system that is read-only';

(reason === undefined ? describe : describe.skip)(
  reason === undefined ? title : `${title} (skipped: ${reason})`,
  () => {
    const fleet = new Fleet({ nodes: 1 });
    const tools = mkdtempSync(join(tmpdir(), 'gatehouse-tools-'));
    const command = (...words: string[]) => readOnly(process.execPath, ...words, 'src/main.js');

    beforeAll(async () => {
      await fleet.start();
      await fleet.nodes[0]?.kill();
      await fleet.launch(0, {}, command(...watchWrites(tools)));
    });
    afterAll(async () => {
      await fleet.stop();
      removeProgram();
      rmSync(tools, { recursive: true, force: true });
    });

    const post = (path: string, body: object, token?: string) =>
      ask('POST', `${fleet.url(0)}/v1/${path}`, {
        body,
        ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      });

    const signIn = (email: string, password: string) => post('auth/login', { email, password });

    it('T19 a node serves: people register, sign in, go on, and change their passwords', async () => {
      const email = someEmail('new');
      expect((await post('auth/register', { email, password: NEW })).status).toBe(202);
      const someone = (await fleet.cast.member()).email;
      const first = await signIn(someone, GOOD_PASSWORD);
      expect(first.status).toBe(200);
      const { refreshToken } = first.body;
      const next = await post('auth/refresh', { refreshToken });
      expect(next.status).toBe(200);
      const change = { currentPassword: GOOD_PASSWORD, newPassword: NEW };
      const changed = await post('auth/password/change', change, String(next.body['accessToken']));
      expect(changed.status).toBe(204);
      expect((await signIn(someone, NEW)).status).toBe(200);
      for (let i = 0; i < 100 && fleet.mails.countTo(email) === 0; i++) await sleep(100);
      expect(fleet.mails.countTo(email)).toBe(1);
      expect(fleet.nodes[0]?.output).not.toContain(WRITES);
      expect(fleet.complaints()).toEqual([]);
    });

    it('T19 one without keys of its own cannot keep any, and says what to set', async () => {
      const environment = { ...(await fleet.environment(0)), SECRET_KEYS: '' };
      const watched = command(...watchWrites(tools));
      const node = new ServerProcess({ ...environment, PORT: '0' }, undefined, watched);
      expect(await node.ended()).toBe(1);
      expect(node.output).toContain('SECRET_KEYS is not set');
      expect(node.output).toContain(`${WRITES} mkdirSync`); // what watches does see it
    });

    it('T19 one whose keys were generated before needs them only to be readable', async () => {
      const keys = mkdtempSync(join(tmpdir(), 'gatehouse-keys-'));
      writeFileSync(join(keys, 'secret-keys'), fleet.key.toString('base64'), { mode: 0o644 });
      chmodSync(keys, 0o755);
      await fleet.nodes[0]?.kill();
      await fleet.launch(0, { SECRET_KEYS: '', DATA_DIR: keys }, command());
      expect((await signIn((await fleet.cast.member()).email, GOOD_PASSWORD)).status).toBe(200);
      rmSync(keys, { recursive: true });
    });
  },
);
