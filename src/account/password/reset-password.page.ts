/**
 * The page that a mail for a forgotten password links to while there is no front end (`RESET_URL`). The
 * token is in the fragment, so no log and no referrer ever sees it; opening the page spends nothing, and
 * says at once when the link does not work any more.
 */
export const RESET_PASSWORD_SCRIPT = `
const form = document.querySelector('form');
const field = document.querySelector('input');
const show = document.querySelector('[type=checkbox]');
const button = document.querySelector('button');
const status = document.querySelector('p');
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const end = (words) => { form.hidden = true; status.textContent = words; };
const again = (words) => { button.disabled = false; status.textContent = words; };
const incomplete = 'This link is not complete. Open it from the mail again.';
const busy = 'The server is busy. Try again in a moment.';
const post = (path, body) => fetch('v1/auth/password/' + path, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const refused = async (answer) => {
  const { code, title, detail, errors = [] } = await answer.json();
  if (code !== 'validation_failed') return end(title + '. ' + detail);
  if (errors.some(({ field }) => field !== 'newPassword')) return end(incomplete);
  again(errors.map(({ message }) => message).join(' '));
  field.focus();
};
const look = async () => {
  if (!token) return end(incomplete);
  const answer = await post('reset/check', { token }).catch(() => undefined);
  if (answer?.status === 400) await refused(answer);
};
show.addEventListener('change', () => { field.type = show.checked ? 'text' : 'password'; });
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  try {
    const answer = await post('reset', { token, newPassword: field.value });
    if (answer.status >= 500 || answer.status === 429) {
      again(busy);
    } else if (answer.ok) {
      history.replaceState(null, '', location.pathname);
      field.value = '';
      end('Your new password is in force, and every device was signed out. You can sign in now.');
    } else {
      await refused(answer);
    }
  } catch {
    again('The server could not be reached. Try again.');
  }
});
look();`;

export const RESET_PASSWORD_STYLE =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:15vh auto;padding:0 1rem;color:#1f2937}h1{font-size:1.6rem}label{display:block;margin:.8rem 0}#password{font:inherit;box-sizing:border-box;width:100%;padding:.5rem}button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:6px;background:#1d4ed8;color:#fff;cursor:pointer}button:disabled{opacity:.5}[hidden]{display:none}';

export const RESET_PASSWORD_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Choose a new password</title>
<style>${RESET_PASSWORD_STYLE}</style>
<h1>Choose a new password</h1>
<p role="status">It takes the place of the old one, and every device is signed out.</p>
<form>
<label>New password <input id="password" type="password" autocomplete="new-password" required></label>
<label><input type="checkbox"> Show it</label>
<button>Set the password</button>
</form>
<script>${RESET_PASSWORD_SCRIPT}</script>
</html>
`;
