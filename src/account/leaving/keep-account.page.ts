import { linkPage } from '../proof/link-page.js';

export const KEEP_ACCOUNT_PAGE = linkPage({
  title: 'Do you want to keep your account?',
  intro: 'It is closed, or about to be deleted. Open it again, and sign in as before.',
  actions: [
    {
      key: 'token',
      button: 'Yes, keep my account',
      call: 'v1/auth/deletion/undo',
      done: 'Your account is open again. You can sign in now. If it was not you who closed it, choose a new password.',
    },
  ],
});
