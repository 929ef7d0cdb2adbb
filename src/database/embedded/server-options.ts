import { PORT } from './places.js';

/** For a small machine: about 60 MB in all, and plenty for the accounts of one. */
const SETTINGS = {
  listen_addresses: '',
  port: String(PORT),
  unix_socket_permissions: '0700',
  cluster_name: 'gatehouse',
  max_connections: '120',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  autovacuum_max_workers: '2',
  io_method: 'sync',
  jit: 'off',
  max_logical_replication_workers: '0',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

const HASTY = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/** The command line of the server. Not durable: for tests, whose data may be lost with the machine. */
export function serverArguments(
  cluster: string,
  socketDirectory: string,
  durable: boolean,
): string[] {
  const settings = {
    ...SETTINGS,
    ...(durable ? {} : HASTY),
    unix_socket_directories: `"${socketDirectory}"`,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', cluster, ...flags];
}
