import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../dist/app.module.js';
import { Product, products } from '../../dist/catalog/products/product.entity.js';
import { readSettings } from '../../dist/config/settings.js';
import { NewsService } from '../../dist/database/news/news.service.js';
import { DecisionsService } from '../../dist/permissions/asking/decisions.service.js';
import { ObjectsService } from '../../dist/permissions/asking/objects.service.js';
import { SubjectsService } from '../../dist/permissions/asking/subjects.service.js';
import { RightsService } from '../../dist/permissions/holding/rights.service.js';
import { PermissionsService } from '../../dist/permissions/permissions.service.js';
import { copyOf, ownDatabase } from '../lib/database.mjs';
import { inBlocks, median, summed } from '../lib/figures.mjs';
import { isShort, rounds, scaled } from '../lib/size.mjs';
import { plansOf, statementsOf } from '../lib/statements.mjs';
import { createWorld } from '../lib/world.mjs';

const LARGE = {
  users: scaled(1_000_000),
  groups: scaled(10_000),
  objects: scaled(10_000_000),
  grants: scaled(10_000_000),
};
const SMALL = { users: 1000, groups: 10, objects: 10_000, grants: 10_000 };
const ROUNDS = 100 * rounds(5);
const ABOUT =
  'Questions about rights with nothing in memory, in a world of 1,000,000 users, 10,000 groups, 10,000,000 objects and as many grants; how much slower they are than in a world a thousand times smaller; and a question whose answer is remembered.';
const PAGE = 50;
const BARS = { check: 2, page: 20, growth: 3 };

/**
 * What rights cost in a world of 1,000,000 users, 10,000 groups, 10,000,000 objects and as many grants, against one
 * a thousand times smaller; the two take turns.
 */
export async function permissions() {
  const database = await ownDatabase();
  const houses = [];
  try {
    for (const [name, size] of [
      ['world_small', SMALL],
      ['world_large', LARGE],
    ]) {
      const url = await copyOf(database.url, name);
      console.log(`A world of ${size.users.toLocaleString('en')} users …`);
      await createWorld(url, size);
      houses.push(await open(url, size));
    }
    return await measure(houses);
  } finally {
    for (const { app } of houses) await app.close();
    await database.close();
  }
}

/** The application on a world, and whom to ask about. */
export async function open(url, size) {
  const settings = readSettings({ SECRET_KEYS: randomBytes(32).toString('base64') });
  const begin = async () => {
    const begun = performance.now();
    const app = await NestFactory.createApplicationContext(AppModule.with(settings, url), {
      logger: false,
    });
    return { app, took: performance.now() - begun };
  };
  const first = await begin();
  await first.app.close();
  const { app, took } = await begin();
  const find = (type) => app.get(type, { strict: false });
  const dataSource = find(DataSource);
  const id = async (kind, n) =>
    (await dataSource.query('SELECT world_id($1, $2) AS id', [kind, n]))[0].id;
  const asker = async (n) => ({
    user: { id: await id('user', n), isSuperuser: false, isStaff: false },
  });
  const pairs = async (sql) =>
    (await dataSource.query(sql)).map(({ user_id, object_id }) => ({
      asker: { user: { id: user_id, isSuperuser: false, isStaff: false } },
      object: object_id,
    }));
  const some = size.users > 100_000 ? 'TABLESAMPLE SYSTEM (0.1)' : '';
  return {
    app,
    size,
    dataSource,
    starts: { first: first.took, again: took },
    news: find(NewsService),
    rights: find(RightsService),
    permissions: find(PermissionsService),
    decisions: find(DecisionsService),
    objects: find(ObjectsService),
    subjects: find(SubjectsService),
    id,
    reader: await asker(size.users + 1),
    ten: await asker(size.users + 2),
    holder: await asker(size.users + 3),
    own: await pairs(
      `SELECT user_id, object_id FROM object_permissions ${some} WHERE user_id IS NOT NULL ORDER BY random() LIMIT 600`,
    ),
    shared: await pairs(
      `SELECT m.user_id, o.object_id FROM (SELECT * FROM object_permissions ${some} WHERE group_id IS NOT NULL ORDER BY random() LIMIT 600) o
         CROSS JOIN LATERAL (SELECT user_id FROM group_members WHERE group_id = o.group_id LIMIT 1) m`,
    ),
    others: await pairs(
      `SELECT u.id AS user_id, world_id('product', (random() * ${size.objects - 1})::int + 1) AS object_id FROM users u ${some} ORDER BY random() LIMIT 600`,
    ),
    popular: await id('product', 1),
    middle: {
      reader: cursorOf(await id('product', size.objects / 2)),
      holder: cursorOf(await id('product', Math.min(10_000 * PAGE, size.objects / 2))),
    },
  };
}

const cursorOf = (id) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
const pick = (list, i) => list[i % list.length];

/** Nothing is remembered. */
const forget = ({ news }) => {
  news.hear('holdings');
  news.hear('object_permissions');
};
const check = (which) => (house, i) => {
  const { asker, object } = which(house, i);
  return house.permissions.allows(asker, products.view, object);
};
const query = ({ dataSource }) => dataSource.getRepository(Product).createQueryBuilder('product');
const page = (who, cursorIn) => (house) =>
  house.permissions.visiblePage(query(house), house[who], products.view, {
    limit: PAGE,
    ...(cursorIn && { cursor: house.middle[cursorIn] }),
  });
const visible = (who, shape) => async (house) => {
  const narrowed = await house.permissions.visible(query(house), house[who], products.view);
  return shape(narrowed);
};
const byName = (narrowed) => narrowed.orderBy('product.name').limit(PAGE).getMany();
const counted = (narrowed) => narrowed.getCount();

/** Each with nothing in memory. `bar`: milliseconds in the large world; the median, for other work disturbs the rest. */
const READS = {
  'check: granted to the user': { work: check(({ own }, i) => pick(own, i)), bar: BARS.check },
  'check: granted to a group': { work: check(({ shared }, i) => pick(shared, i)), bar: BARS.check },
  'check: not granted': { work: check(({ others }, i) => pick(others, i)), bar: BARS.check },
  'check: an object with 10,000 grants': {
    work: check(({ others, popular }, i) => ({ asker: pick(others, i).asker, object: popular })),
    bar: BARS.check,
  },
  'check: held on all objects': {
    work: (house) => house.permissions.allows(house.holder, products.view, house.popular),
    bar: BARS.check,
  },
  'visiblePage 1, a million grants': { work: page('reader'), bar: BARS.page },
  'visiblePage 10,000, a million grants': { work: page('reader', 'reader'), bar: BARS.page },
  'visiblePage 1, ten grants': { work: page('ten'), bar: BARS.page },
  'visiblePage 1, held on all objects': { work: page('holder'), bar: BARS.page },
  'visiblePage 10,000, held on all objects': { work: page('holder', 'holder'), bar: BARS.page },
};

/** The questions of `/v1/authorization`, from the tables. */
const ASKING = {
  'a hundred questions about others': ({ decisions, others }) =>
    decisions.decide(
      others.slice(0, 100).map(({ asker, object }) => ({
        subject: { type: 'user', id: asker.user.id },
        permission: products.view,
        objectId: object,
      })),
    ),
  'who may view an object with 10,000 grants, page 1': ({ subjects, popular }) =>
    subjects.page({ permission: products.view, objectId: popular }, { limit: PAGE }),
  'which of a million may somebody view, page 1': ({ objects, holder, reader }) =>
    objects.page(
      holder,
      { subject: { type: 'user', id: reader.user.id }, permission: products.view },
      { limit: PAGE },
    ),
};

/** The rule in any query: as much work as there are grants. Not remembered, and no bar. */
const QUERIES = {
  'visible() by name, ten grants': visible('ten', byName),
  'visible() by name, held on all': visible('holder', byName),
  'visible() by name, a million grants': visible('reader', byName),
  'visible() counted, ten grants': visible('ten', counted),
  'visible() counted, a million grants': visible('reader', counted),
};

export async function measure(houses) {
  const busy = loadavg().map((load) => load.toFixed(1));
  console.log(`Load of the machine in the last 1, 5, 15 minutes: ${busy.join(', ')}`);
  const reads = [];
  for (const [name, { work, bar }] of Object.entries(READS)) {
    reads.push({ name, ...(await turns(houses, work, ROUNDS)), bar });
  }
  console.table(reads);
  const asking = [];
  for (const [name, work] of Object.entries(ASKING)) {
    asking.push({ name, ...(await turns(houses, work, 50, 10)) });
  }
  console.table(asking);
  const queries = [];
  for (const [name, work] of Object.entries(QUERIES)) {
    queries.push({ name, ...(await turns(houses, work, 5, 1)) });
  }
  console.table(queries);
  const writes = await measureWrites(houses);
  console.table(writes);
  const remembered = await measureRemembered(houses.at(-1));
  console.table([remembered]);
  const plans = await readPlans(houses.at(-1));
  console.log(plans.join('\n'));
  complain(plans);
  return {
    about: ABOUT,
    rows: rowsOf(reads, remembered),
    busy,
    reads,
    asking,
    queries,
    writes,
    remembered,
    plans,
  };
}

/** Milliseconds of each, in turn. */
async function turns(houses, work, rounds, warm = 50) {
  const times = houses.map(() => []);
  for (let round = -warm; round < rounds; round++) {
    for (const [i, house] of houses.entries()) {
      forget(house);
      const begun = performance.now();
      await work(house, round + warm);
      if (round >= 0) times[i].push(performance.now() - begun);
    }
  }
  const [fewBlocks, manyBlocks] = times.map((each) => inBlocks(each).map(median));
  const [few, many] = times.map((each) => each.toSorted((a, b) => a - b));
  const at = (sorted, share) => sorted[Math.ceil(share * sorted.length) - 1];
  return {
    smallMs: round3(at(few, 0.5)),
    largeMs: round3(at(many, 0.5)),
    largeP99: round3(at(many, 0.99)),
    growth: round3(at(many, 0.5) / at(few, 0.5)),
    spread: [Math.min(...manyBlocks), Math.max(...manyBlocks)].map(round3),
    growths: manyBlocks.map((ms, block) => ms / fewBlocks[block]),
  };
}

const round3 = (value) => Math.round(value * 1000) / 1000;

/** From memory: how long, and that the database is asked nothing. */
async function measureRemembered(house) {
  const times = 1_000_000;
  const { asker, object } = house.own[0];
  const allowed = await house.permissions.allows(asker, products.change, object);
  const again = await house.permissions.allows(asker, products.view, object);
  if (!allowed && !again) throw new Error('Whose grant was sampled does not hold it');
  const held = allowed ? products.change : products.view;
  const begun = performance.now();
  const sent = await statementsOf(async () => {
    for (let i = 0; i < times; i++) {
      if (!house.permissions.peek(asker, held, object))
        await house.permissions.allows(asker, held, object);
    }
  });
  const each = ((performance.now() - begun) * 1000) / times;
  return { name: 'check: remembered', microseconds: round3(each), statements: sent.length };
}

/** Changes, each taken back, so that all are measured in the same world. */
async function measureWrites(houses) {
  const rows = [];
  for (const [name, { prepare, work, rounds }] of Object.entries(WRITES)) {
    const times = houses.map(() => []);
    for (let round = 0; round < rounds + 1; round++) {
      for (const [i, house] of houses.entries()) {
        const given = await prepare(house, round);
        const runner = house.dataSource.createQueryRunner();
        await runner.startTransaction();
        await runner.query("SET LOCAL statement_timeout = '120s'");
        const begun = performance.now();
        await work(house, runner.manager, given);
        if (round > 0) times[i].push(performance.now() - begun);
        await runner.rollbackTransaction();
        await runner.release();
      }
    }
    const [few, many] = times.map(
      (each) => each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)],
    );
    rows.push({ name, smallMs: round3(few), largeMs: round3(many), growth: round3(many / few) });
  }
  return [
    ...rows,
    ...['first', 'again'].map((which) => {
      const [few, many] = houses.map(({ starts }) => starts[which]);
      const name = `start-up, ${which === 'first' ? 'the first of a new version' : 'nothing new'}`;
      return { name, smallMs: round3(few), largeMs: round3(many), growth: round3(many / few) };
    }),
  ];
}

const deleteFrom = (table) => (_house, manager, id) =>
  manager.query(`DELETE FROM ${table} WHERE id = $1`, [id]);

const WRITES = {
  'an object is deleted with its grants': {
    rounds: 50,
    prepare: ({ others }, round) => pick(others, round).object,
    work: deleteFrom('catalog_products'),
  },
  'an object with 10,000 grants is deleted': {
    rounds: 3,
    prepare: ({ popular }) => popular,
    work: deleteFrom('catalog_products'),
  },
  '100,000 objects are deleted in one statement': {
    rounds: 1,
    prepare: () => undefined,
    work: ({ size }, manager) =>
      manager.query(
        `DELETE FROM catalog_products WHERE id IN (SELECT world_id('product', n) FROM generate_series(2, $1::bigint) AS n)`,
        [size.objects / 100],
      ),
  },
  'a grant is made': {
    rounds: 50,
    prepare: ({ others }, round) => pick(others, round),
    work: ({ rights }, manager, { asker, object }) =>
      rights.grant(manager, { type: 'user', id: asker.user.id }, products.delete, object),
  },
  'a grant is revoked': {
    rounds: 50,
    prepare: ({ own }, round) => pick(own, round),
    work: ({ rights }, manager, { asker, object }) =>
      rights.revoke(manager, { type: 'user', id: asker.user.id }, products.view, object),
  },
  'a member is added': {
    rounds: 50,
    prepare: async (house, round) => ({
      group: await house.id('group', 2),
      ...pick(house.others, round),
    }),
    work: ({ rights }, manager, { group, asker }) =>
      rights.addMember(manager, group, asker.user.id),
  },
  'a group is put into another': {
    rounds: 20,
    prepare: async (house) => [
      await house.id('group', 1),
      await house.id('group', house.size.groups + 1),
    ],
    work: ({ rights }, manager, [one, another]) => rights.include(manager, one, another),
  },
  'a group of 100,000 members is deleted': {
    rounds: 3,
    prepare: (house) => house.id('group', house.size.groups + 1),
    work: deleteFrom('groups'),
  },
  'a group with 100,000 grants is deleted': {
    rounds: 3,
    prepare: (house) => house.id('group', house.size.groups + 3),
    work: deleteFrom('groups'),
  },
  'a user is deleted': {
    rounds: 20,
    prepare: ({ others }, round) => pick(others, round).asker.user.id,
    work: deleteFrom('users'),
  },
};

async function readPlans(house) {
  const statements = new Map();
  for (const work of [
    ...Object.values(READS).map((read) => read.work),
    ...Object.values(ASKING),
    ...Object.values(QUERIES),
  ]) {
    forget(house);
    for (const each of await statementsOf(() => work(house, 0))) {
      statements.set(`${each.text}${JSON.stringify(each.values[0])}`, each);
    }
  }
  return plansOf(house.dataSource, statements.values());
}

const rowsOf = (reads, { microseconds, statements }) => [
  ...reads.flatMap(({ name, largeMs, spread, growths, bar }) => [
    { name, value: largeMs, unit: 'ms', spread, bar: { atMost: bar } },
    { name: `${name}: growth`, unit: '×', ...summed(growths), bar: { atMost: BARS.growth } },
  ]),
  { name: 'check: remembered', value: microseconds, unit: 'µs' },
  {
    name: 'statements of what is remembered',
    value: statements,
    bar: { atMost: 0 },
  },
];

/** Whoever counts millions may read them; and in a world that was made smaller, small tables are read at once. */
function complain(plans) {
  if (isShort) return;
  const wrong = plans
    .filter((plan) => /Seq Scan/.test(plan) && !/COUNT/.test(plan))
    .map((plan) => `read from end to end: ${plan}`);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}
