import { type FailureSpec, knownFailures } from '../common/failure.js';

const STYLE =
  'body{font:1rem/1.5 system-ui,sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem 60vh;color:#1f2937}h2{font-size:1.2rem;margin:0}section{padding:.75rem 1rem;margin:.75rem 0;border-left:4px solid #d1d5db}section:target{background:#fef9c3;border-color:#ca8a04}p{margin:.25rem 0}';

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
  return `<section id="${code}">
<h2><code>${code}</code></h2>
<p><b>${String(status)}</b> ${escape(title)}.</p>
<p>${inCode(escape(detail))}</p>
</section>`;
}

const inCode = (text: string) => text.replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
