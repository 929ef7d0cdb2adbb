/**
 * The page that a verification mail links to while there is no front end (`VERIFY_URL`). The token is in
 * the fragment, so no log and no referrer ever sees it, and only a press of the button spends it: mail
 * scanners that open links change nothing (ASVS 3.5.3).
 */
export const VERIFY_EMAIL_SCRIPT = `
const button = document.querySelector('button');
const status = document.querySelector('p');
const token = new URLSearchParams(location.hash.slice(1)).get('token');
if (!token) { button.hidden = true; status.textContent = 'This link is not complete. Open it from the mail again.'; }
button.addEventListener('click', async () => {
  button.disabled = true;
  try {
    const answer = await fetch('v1/auth/email/verify', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (answer.ok) {
      button.hidden = true;
      status.textContent = 'Your address is confirmed. You can sign in now.';
    } else {
      const problem = await answer.json();
      button.hidden = true;
      status.textContent = problem.title + '. ' + problem.detail;
    }
  } catch {
    button.disabled = false;
    status.textContent = 'The server could not be reached. Try again.';
  }
});`;

export const VERIFY_EMAIL_STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}';

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
