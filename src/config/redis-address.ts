/** Where the Redis is, or who knows where it is now. */
export type RedisAddress =
  | { readonly url: string }
  | {
      readonly sentinels: readonly { readonly host: string; readonly port: number }[];
      readonly name: string;
      readonly username?: string;
      readonly password?: string;
    };

const SENTINELS = /^redis\+sentinel:\/\/(?<user>[^@/]*@)?(?<hosts>[^@/?#]+)\/(?<name>[\w.-]+)$/;
const SENTINEL_PORT = 26_379;

/** Undefined: it is none. `URL` itself takes one host. */
export function redisAddress(text: string): RedisAddress | undefined {
  if (/^rediss?:/i.test(text)) return URL.canParse(text) ? { url: text } : undefined;
  const parts = SENTINELS.exec(text)?.groups;
  return parts && behindSentinels(parts['user'] ?? '', parts['hosts'] ?? '', parts['name'] ?? '');
}

function behindSentinels(user: string, hosts: string, name: string): RedisAddress | undefined {
  const urls = hosts.split(',').map((host) => `redis://${user}${host}`);
  if (!urls.every(isOfHost)) return undefined;
  const sentinels = urls.map((url) => sentinelOf(new URL(url)));
  return { sentinels, name, ...credentialsOf(new URL(`redis://${user}host`)) };
}

const credentialsOf = ({ username, password }: URL) => ({
  ...(username && { username: decodeURIComponent(username) }),
  ...(password && { password: decodeURIComponent(password) }),
});

const isOfHost = (url: string): boolean => URL.canParse(url) && new URL(url).hostname !== '';

const sentinelOf = ({ hostname, port }: URL) => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port === '' ? SENTINEL_PORT : Number(port),
});
