import { loadavg } from 'node:os';
import { products } from '../../dist/catalog/products/product.entity.js';
import { WRITES } from '../lib/changes.mjs';
import { copyOf, ownDatabase } from '../lib/database.mjs';
import { inBlocks, median, summed } from '../lib/figures.mjs';
import { open } from '../lib/house.mjs';
import { ASKING, BARS, forget, QUERIES, READS } from '../lib/questions.mjs';
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

async function measure(houses) {
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
