/** Of an address, after which what is told says nothing more of the place. */
const MOST = 300;

const KEYS = /gh_(live|test)_\w+/g;

/** Where GitHub says that it looked. */
const SOURCES: ReadonlySet<unknown> = new Set([
  'content',
  'commit',
  'commit_comment',
  'discussion_body',
  'discussion_comment',
  'discussion_title',
  'gist_comment',
  'gist_content',
  'issue_comment',
  'issue_description',
  'issue_title',
  'npm',
  'pull_request_comment',
  'pull_request_description',
  'pull_request_title',
  'wiki_commit',
  'wiki_content',
]);

/**
 * Where a stranger says that a key was found, as far as it may go into the log book: the address of a web page in
 * ASCII, without names, passwords, queries and keys, and not too long. Undefined: it is none, or nothing was said.
 */
export function foundAt(told: unknown): string | undefined {
  if (typeof told !== 'string' || !URL.canParse(told)) return undefined;
  const { protocol, host, pathname } = new URL(told);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return `${protocol}//${host}${pathname}`.replace(KEYS, 'gh_$1_').slice(0, MOST);
}

/** One of the words that are known. */
export const sourceOf = (told: unknown): string | undefined =>
  SOURCES.has(told) ? (told as string) : undefined;

/** The same address for a mail, in which no program makes a link of it: the page may be meant for the owner to open. */
export const unlinked = (address: string): string =>
  address.replace(/^https?:\/\//, '').replaceAll('.', '[.]');
