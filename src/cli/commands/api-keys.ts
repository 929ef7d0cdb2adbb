import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { ApiKeyRegister, type RegisteredKey } from '../../api-keys/api-key-register.service.js';
import { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { ApiKey, idOfPrefix, prefixOf } from '../../api-keys/api-key.js';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import { AuditService } from '../../audit/audit.service.js';
import { readSettings, type Settings } from '../../config/settings.js';
import { lockUser } from '../../users/lock-user.js';
import { UsersService } from '../../users/users.service.js';
import { CliError, UsageError } from '../cli-error.js';
import { defineCommand } from '../command.js';
import { withServices } from '../services.js';
import type { Terminal } from '../terminal/terminal.js';

interface Given {
  readonly argument: string;
  readonly owner: string | undefined;
  readonly key: string | undefined;
  readonly stdin: boolean;
}

export const apiKeys = defineCommand({
  name: 'api-keys',
  summary: 'Lists API keys, and revokes one',
  description: [
    'list: all of them, newest first, or those of one owner: how they begin, which is no secret, what became of them,',
    'whose they are, until when they are good and when they were used last.',
    'revoke: ends a key for good, on every running server, at once. Its owner is not told by mail.',
  ],
  argument: { name: 'list|revoke', help: 'What is to be done.' },
  options: {
    owner: {
      type: 'string',
      value: 'address or id',
      help: 'With list: of this user or service account.',
    },
    key: {
      type: 'string',
      value: 'id or beginning',
      help: 'With revoke: which, by its id or by how it begins (gh_live_02ySG…), as list prints it.',
    },
    stdin: {
      type: 'boolean',
      help: 'With revoke: reads the whole key from standard input, for one that was found somewhere.',
    },
  },
  examples: [
    'npm run cli -- api-keys list --owner ann@example.com',
    'npm run cli -- api-keys revoke --key gh_live_02ySGrkDXAve4d8fkFt27B',
    'npm run cli -- api-keys revoke --stdin < found-key.txt',
  ],
  async run({ argument, options: { owner, key, stdin } }, { environment, terminal }) {
    const given = { argument, owner, key, stdin: stdin === true };
    assertUsage(given);
    const settings = readSettings(environment);
    const text = given.stdin ? (await terminal.readInput()).toString().trim() : undefined;
    await withServices(settings, terminal, async (services) => {
      if (argument === 'list') return list(services, terminal, owner);
      const id = text === undefined ? namedBy(key ?? '') : await shown(services, settings, text);
      terminal.print(await revoke(services, id));
    });
    return undefined;
  },
});

/** @throws UsageError, which does not repeat what may be a whole key */
function assertUsage({ argument, owner, key, stdin }: Given): void {
  const named = [key !== undefined, stdin].filter(Boolean).length;
  if (argument === 'list') {
    if (named > 0) throw new UsageError('--key and --stdin go with api-keys revoke.');
  } else if (argument === 'revoke') {
    if (owner !== undefined) throw new UsageError('--owner goes with api-keys list.');
    if (named !== 1) throw new UsageError('Say either --key or --stdin.');
    assertNoSecret(key);
  } else {
    throw new UsageError('Say api-keys list, or api-keys revoke.');
  }
}

function assertNoSecret(key = ''): void {
  if (!/^gh_[a-z]+_\w+_/.test(key)) return;
  throw new UsageError(
    'A whole key is never taken from the command line, where others can read it. Use --stdin.',
  );
}

async function list(
  services: INestApplicationContext,
  terminal: Terminal,
  owner: string | undefined,
): Promise<void> {
  const ownerId = owner === undefined ? undefined : await ownerNamed(services, owner);
  const register = services.get(ApiKeyRegister, { strict: false });
  let isAny = false;
  for await (const key of register.list(ownerId)) {
    terminal.print(lineOf(key));
    isAny = true;
  }
  if (!isAny) terminal.print('There are none.');
}

async function ownerNamed(services: INestApplicationContext, owner: string): Promise<string> {
  if (isUuid(owner)) return owner.toLowerCase();
  const found = await services.get(UsersService, { strict: false }).findByEmail(owner);
  if (!found) throw new CliError(`Nobody signs in with ${owner}.`);
  return found.user.id;
}

function lineOf({ row, status }: RegisteredKey): string {
  const { id, environment, userId, name, lastUsedAt, lastUsedIp } = row;
  const address = row.user?.email ?? '';
  const used = lastUsedAt
    ? `used ${lastUsedAt.toISOString()} from ${lastUsedIp ?? '?'}`
    : 'never used';
  const end = (row.revokedAt ?? row.retiresAt ?? row.expiresAt).toISOString();
  return [
    prefixOf(environment, id),
    status.padEnd(13),
    `until ${end}`,
    used,
    address === '' ? `service account ${userId}` : address,
    JSON.stringify(name),
  ].join('  ');
}

/** The id of the key that is meant. @throws CliError */
function namedBy(text: string): string {
  const id = isUuid(text) ? text.toLowerCase() : idOfPrefix(text);
  if (id === undefined) throw new CliError('That is neither an id nor how a key begins.');
  return id;
}

/** @throws CliError if nobody could come in with it, ever: who shows a text like a key does not end that key */
async function shown(
  services: INestApplicationContext,
  { apiKeys: { environment } }: Settings,
  text: string,
): Promise<string> {
  const key = ApiKey.parse(environment, text);
  const register = services.get(ApiKeyRegister, { strict: false });
  if (key !== undefined && (await register.isGenuine(key))) return key.id;
  throw new CliError('That is no key of this server.');
}

function revoke(services: INestApplicationContext, id: string): Promise<string> {
  return services.get(DataSource, { strict: false }).transaction(async (manager) => {
    const found = await manager.findOneBy(ApiKeyRow, { id }); // api_keys_pkey
    if (found === null) throw new CliError('There is no such key.');
    const prefix = prefixOf(found.environment, id);
    await lockUser(manager, found.userId);
    const row = await manager.findOneByOrFail(ApiKeyRow, { id }); // api_keys_pkey
    if (row.revokedAt !== null) return `${prefix} was revoked already.`;
    await services.get(ApiKeysService, { strict: false }).revoke(manager, id);
    await services.get(AuditService, { strict: false }).record(manager, {
      action: 'api_key_revoked',
      outcome: 'success',
      subjectId: row.userId,
      details: { apiKeyId: id, by: 'command line' },
    });
    return `${prefix} (${JSON.stringify(row.name)}) is revoked. Tell its owner: no mail is sent.`;
  });
}
