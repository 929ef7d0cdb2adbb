import { integer, oneOf, redisUrl, url } from './parsers.js';
import { define, optional } from './setting-definition.js';

export const databaseDefinitions = {
  DATABASE_URL: optional({
    parse: url('postgres', 'postgresql'),
    example: 'postgres://gatehouse:password@db.example.com:5432/gatehouse',
    help: 'PostgreSQL 14 or later. Without it an embedded PostgreSQL runs under DATA_DIR.',
  }),
  DATABASE_DIRECT_URL: optional({
    parse: url('postgres', 'postgresql'),
    example: 'postgres://gatehouse:password@db.example.com:5432/gatehouse',
    help: 'The same database without the pooler in transaction mode (PgBouncer) that DATABASE_URL leads to: for the news of changes and for migrations, which such a pooler cannot carry. docs/fleet.md has its settings.',
  }),
  DATABASE_PREPARED_STATEMENTS: define({
    parse: oneOf('on', 'off'),
    fallback: 'on',
    help: 'off: for a pooler in transaction mode that knows no prepared statements, such as PgBouncer before 1.21.',
  }),
  DATABASE_POOL: define({
    parse: integer(1, 500),
    fallback: 10,
    help: 'How many connections each process may hold.',
  }),
  REDIS_URL: optional({
    parse: redisUrl,
    example: 'redis://redis.example.com:6379',
    help: 'A cache of sessions that all nodes share, and a second way for news between them. What is in it can be lost at any time. With Sentinel: redis+sentinel://[user:password@]host1:26379,host2:26379/name-of-the-master.',
  }),
} as const;
