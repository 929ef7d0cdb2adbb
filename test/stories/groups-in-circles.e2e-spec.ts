import { v7 as uuidv7 } from 'uuid';
import { clerk, type Clerk } from '../support/office.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('Groups within groups', () => {
  let test: TestApp;
  let root: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    root = await clerk(test, [], { isSuperuser: true });
  });
  afterAll(() => test.close());

  const group = () => root.office.group(`Circle ${uuidv7()}`);
  const include = (outer: string, inner: string, body?: object) =>
    root.office.put(`/v1/groups/${outer}/groups/${inner}`, body);

  it('never contain themselves', async () => {
    const [one, two, three] = [await group(), await group(), await group()];
    expect((await include(one, two)).status).toBe(204);
    expect((await include(two, three)).status).toBe(204);
    await changingNoRow(test, async () => {
      expectProblem(await include(one, one), 409, 'groups_in_circle');
      expectProblem(await include(two, one), 409, 'groups_in_circle');
      expectProblem(await include(three, one), 409, 'groups_in_circle');
    });
    expect((await include(one, three)).status).toBe(204);
  });

  it('never contain one another, when fifty pairs are put into each other at once', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 50 }, async () => [await group(), await group()] as const),
    );
    const answers = await Promise.all(
      pairs.flatMap(([one, two]) => [include(one, two), include(two, one)]),
    );
    for (let i = 0; i < answers.length; i += 2) {
      const [one, two] = [answers[i]!, answers[i + 1]!];
      expect([one.status, two.status].sort()).toEqual([204, 409]);
      expectProblem(one.status === 409 ? one : two, 409, 'groups_in_circle');
    }
  });

  it('close no ring that twenty close together', async () => {
    const ring = await Promise.all(Array.from({ length: 20 }, group));
    const answers = await Promise.all(ring.map((id, i) => include(id, ring[(i + 1) % 20]!)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(19);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
  });

  it('are in nobody’s way when what they contained has expired', async () => {
    const [one, two] = [await group(), await group()];
    await include(one, two, { expiresAt: test.clock.in(60).toISOString() });
    expectProblem(await include(two, one), 409, 'groups_in_circle');
    test.clock.forward(61);
    expect((await include(two, one)).status).toBe(204);
    expectProblem(await include(one, two), 409, 'groups_in_circle');
  });
});
