/** One thing that a page can do with the token of its link. */
export interface LinkAction {
  /** In the fragment, before `=` and the token; the page offers first what its link asks for. */
  readonly key: string;
  readonly button: string;
  /** Without a slash in front: the server may live under a path. */
  readonly call: string;
  readonly done: string;
}

export interface LinkPage {
  readonly html: string;
  readonly script: string;
  readonly style: string;
}

interface LinkPageWords {
  readonly title: string;
  readonly intro: string;
  readonly actions: readonly [LinkAction, ...LinkAction[]];
}

/**
 * A page that a mail links to while there is no front end. The token is in the fragment, so no log and no
 * referrer ever sees it, and only a press of a button spends it: mail scanners that open links change
 * nothing (ASVS 3.5.3).
 */
export function linkPage({ title, intro, actions }: LinkPageWords): LinkPage {
  const script = `const actions = ${JSON.stringify(actions)};\n${SCRIPT}`;
  const buttons = actions.map(({ button }) => `<button>${button}</button>`).join('\n');
  return {
    script,
    style: STYLE,
    html: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<h1>${title}</h1>
<p role="status">${intro}</p>
${buttons}
<script>${script}</script>
</html>
`,
  };
}

const SCRIPT = `
const buttons = [...document.querySelectorAll('button')];
const status = document.querySelector('p');
const fragment = new URLSearchParams(location.hash.slice(1));
const asked = actions.findIndex(({ key }) => fragment.get(key));
const token = asked < 0 ? null : fragment.get(actions[asked].key);
const end = (words) => { for (const button of buttons) button.hidden = true; status.textContent = words; };
const again = (words) => { for (const button of buttons) button.disabled = false; status.textContent = words; };
const incomplete = 'This link is not complete. Open it from the mail again.';
if (!token) end(incomplete);
if (asked > 0) buttons[0].before(buttons[asked]);
buttons.forEach((button, i) => button.addEventListener('click', async () => {
  for (const each of buttons) each.disabled = true;
  try {
    const answer = await fetch(actions[i].call, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (answer.status >= 500 || answer.status === 429) {
      again('The server is busy. Try again in a moment.');
    } else if (answer.ok) {
      history.replaceState(null, '', location.pathname);
      end(actions[i].done);
    } else {
      const { code, title, detail } = await answer.json();
      end(code === 'validation_failed' ? incomplete : title + '. ' + detail);
    }
  } catch {
    again('The server could not be reached. Try again.');
  }
}));`;

const STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem;color:#1f2937}h1{font-size:1.6rem}button{font:inherit;margin:0 .5rem .5rem 0;padding:.6rem 1.2rem;border:0;border-radius:6px;background:#1d4ed8;color:#fff;cursor:pointer}button+button{background:#e5e7eb;color:#1f2937}button:disabled{opacity:.5}[hidden]{display:none}';
