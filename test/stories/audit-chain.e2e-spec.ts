import { setTimeout as sleep } from 'node:timers/promises';
import { AuditService } from '../../src/audit/audit.service.js';
import { ResealingService } from '../../src/database/resealing.service.js';
import { findings, seal, verify, withOwnDatabase } from '../support/audit.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('The chain of the audit log', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let nodes: TestApp[];

  beforeAll(async () => {
    own = await withOwnDatabase('chain');
    nodes = await Promise.all([own.start(), own.start()]);
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await own.drop();
  });

  const record = (node: TestApp, before: Promise<unknown> = Promise.resolve()) =>
    node.database.transaction(async (manager) => {
      await node.app
        .get(AuditService, { strict: false })
        .record(manager, { action: 'password_set', outcome: 'success' });
      await before;
    });

  it('is one, though two nodes write and seal at once', async () => {
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const node = nodes[i % 2]!;
        await record(node);
        if (i % 5 === 0) await seal(node);
      }),
    );
    const walk = await verify(nodes[0]!);
    expect(walk.findings).toEqual([]);
    expect(walk).toMatchObject({ unsealed: 0, last: { sequence: walk.events } });
  });

  it('takes in late what committed late, though later events are sealed already', async () => {
    const [node] = nodes as [TestApp, TestApp];
    let commit: () => void = () => undefined;
    const late = record(node, new Promise<void>((resolve) => (commit = resolve)));
    await record(node);
    const before = await verify(node);
    commit();
    await late;
    const after = await verify(node);
    expect(after.last.sequence).toBe(before.last.sequence + 1);
    expect(after.findings).toEqual([]);
  });

  it('is sealed by itself a moment later', async () => {
    const [node] = nodes as [TestApp, TestApp];
    await new Make(node).signedIn();
    const unsealed = async () =>
      (await node.database.query<unknown[]>('SELECT 1 FROM audit_events WHERE sequence IS NULL'))
        .length;
    for (let tries = 0; (await unsealed()) > 0 && tries < 200; tries++) {
      await sleep(50);
    }
    expect(await unsealed()).toBe(0);
  });

  it('verifies after SECRET_KEYS were replaced, and goes on', async () => {
    const oldKey = nodes[0]!.settings.secretKeys![0]!.toString('base64');
    const newKey = Buffer.from('0123456789abcdef0123456789abcdeF').toString('base64');
    const start = (keys: string) =>
      startTestApp({ environment: { DATABASE_URL: own.url, SECRET_KEYS: keys } });
    const between = await start(`${newKey},${oldKey}`);
    await between.app.get(ResealingService, { strict: false }).reseal();
    await between.close();
    const after = await start(newKey);
    await record(after);
    expect(await findings(after)).toEqual([]);
    await after.close();
  });
});
