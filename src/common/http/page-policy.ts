import { createHash } from 'node:crypto';

/** A Content-Security-Policy for a page of ours: only these very scripts and styles, nothing from elsewhere. */
export function pagePolicy(parts: { readonly script?: string; readonly style?: string }): string {
  return [
    "default-src 'none'",
    "connect-src 'self'",
    parts.script === undefined ? undefined : `script-src ${hashOf(parts.script)}`,
    parts.style === undefined ? undefined : `style-src ${hashOf(parts.style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]
    .filter((directive) => directive !== undefined)
    .join('; ');
}

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
