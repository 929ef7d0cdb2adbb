/**
 * The page that a verification mail links to while there is no front end (`VERIFY_URL`). The token is in
 * the fragment, so no log and no referrer ever sees it, and only a press of the button spends it: mail
 * scanners that open links change nothing (ASVS 3.5.3).
 */
export const VERIFY_EMAIL_SCRIPT = `
const button = document.querySelector('button');
const status = document.querySelector('p');
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const end = (words) => { button.hidden = true; status.textContent = words; };
const again = (words) => { button.disabled = false; status.textContent = words; };
const incomplete = 'This link is not complete. Open it from the mail again.';
if (!token) end(incomplete);
button.addEventListener('click', async () => {
  button.disabled = true;
  try {
    const answer = await fetch('v1/auth/email/verify', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (answer.status >= 500 || answer.status === 429) {
      again('The server is busy. Try again in a moment.');
    } else if (answer.ok) {
      history.replaceState(null, '', location.pathname);
      end('Your address is confirmed. You can sign in now.');
    } else {
      const { code, title, detail } = await answer.json();
      end(code === 'validation_failed' ? incomplete : title + '. ' + detail);
    }
  } catch {
    again('The server could not be reached. Try again.');
  }
});`;

export const VERIFY_EMAIL_STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem;color:#1f2937}h1{font-size:1.6rem}button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:6px;background:#1d4ed8;color:#fff;cursor:pointer}button:disabled{opacity:.5}[hidden]{display:none}';

export const VERIFY_EMAIL_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Confirm your e-mail address</title>
<style>${VERIFY_EMAIL_STYLE}</style>
<h1>Confirm your e-mail address</h1>
<p role="status">If you have just registered, confirm that this address is yours.</p>
<button>Yes, this is my address</button>
<script>${VERIFY_EMAIL_SCRIPT}</script>
</html>
`;
