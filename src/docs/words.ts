export const description = (
  publicUrl: string,
): string => `Users, sign-in, sessions and permissions as a REST API.

**Credentials.** Send \`Authorization: Bearer <accessToken>\`, or let the browser send the session cookie; a call with
the cookie that changes something also carries \`X-XSRF-TOKEN\`. A header beats the cookie. A header that is bad is 401,
also on a call that needs none.

**API keys** (\`X-API-Key\`) are for servers. A key may do what its scopes say and its owner may at that moment: where both
must agree, the smaller counts. Scopes are permissions, \`catalog.view_product\`, or permissions on one object,
\`catalog.view_product:<id>\`. Keys pass where a permission is demanded, and where an operation names them among its credentials;
never where a recent proof or a second factor is, nor at accounts, passwords, sessions and other ways in.

**Failures** are \`application/problem+json\` (RFC 9457). Switch on \`code\`, which is stable; every code is explained
on [the error page](${publicUrl}/docs/errors). A validation failure names every wrong field in \`errors\`.

**Fields** that are not documented are refused by name. Times are ISO 8601 in UTC, ids are UUIDs.

**Clients** can be generated from [this document](${publicUrl}/docs/openapi.json).`;

/** The chapters of the document, in order. */
export const TAGS = [
  ['Registration', 'Becoming a user, and proving the address.'],
  ['Sign-in', 'From a proof to a session.'],
  ['Passwords', 'What a password must be.'],
  ['Second factors', 'Authenticator apps, passkeys and recovery codes of the signed-in user.'],
  ['The signed-in user', 'Looking after oneself.'],
  ['API keys', 'How servers come in: keys of users and of service accounts.'],
  ['Authorization', 'Who may do what, and why.'],
  ['Permissions', 'What can be held, and what was granted on single objects.'],
  ['Groups', 'Users, and other groups, that hold something together.'],
  ['Users', 'The office: accounts, and what they may do.'],
  ['Service accounts', 'The office: principals for servers, which come in with API keys alone.'],
  ['Providers', 'With whom people may sign in, as administrators configure it.'],
  ['Audit', 'Who did what to whom, from where, with which outcome.'],
  ['Catalog', 'An example: things that are guarded one by one, and things that belong to them.'],
  ['Keys', 'For services that verify access tokens alone.'],
  ['Health', 'For whoever runs this server.'],
] as const;
