import { linkPage } from '../proof/link-page.js';

/** Confirm and deny, the one as easily as the other. */
export const VERIFY_EMAIL_PAGE = linkPage({
  title: 'Is this your e-mail address?',
  intro:
    'If you have just registered, confirm that this address is yours. If it was somebody else, say so, and the account is removed.',
  actions: [
    {
      key: 'token',
      button: 'Yes, this was me',
      call: 'v1/auth/email/verify',
      done: 'Your address is confirmed. You can sign in now.',
    },
    {
      key: 'deny',
      button: 'This was not me',
      call: 'v1/auth/email/deny',
      done: 'The account was removed. There is nothing else to do.',
    },
  ],
});
