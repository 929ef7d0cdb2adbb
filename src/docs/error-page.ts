import { type FailureSpec, knownFailures } from '../common/failure.js';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}h2{margin-top:2rem}:target{background:#fff3c4}code{font-size:1.1em}';

/** The page that `type` in every problem points to: each code with what it means and what to do. */
export function errorPage(): { html: string; style: string } {
  const entries = knownFailures().map(entry).join('\n');
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Error codes</title>
<style>${STYLE}</style>
<h1>Error codes</h1>
<p>Every failure is <code>application/problem+json</code> (RFC 9457). Switch on <code>code</code>, which is stable; show
<code>title</code> or words of your own; quote <code>requestId</code> when you report a fault.</p>
${entries}
</html>
`;
  return { html, style: STYLE };
}

function entry({ code, status, title, detail }: FailureSpec): string {
  return `<h2 id="${code}"><code>${code}</code></h2>
<p>${String(status)}: ${escape(title)}.</p>
<p>${escape(detail)}</p>`;
}

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
