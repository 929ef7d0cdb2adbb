import { linkPage } from '../proof/link-page.js';

export const CHANGE_EMAIL_PAGE = linkPage({
  title: 'Confirm your new e-mail address',
  intro: 'If you asked to use this address for your account, confirm that it is yours.',
  actions: [
    {
      key: 'token',
      button: 'Yes, use this address',
      call: 'v1/auth/email/change/confirm',
      done: 'From now on you sign in with this address.',
    },
  ],
});

export const UNDO_EMAIL_CHANGE_PAGE = linkPage({
  title: 'Take the change of your address back',
  intro:
    'If it was not you who changed the address of your account, take it back. All devices are then signed out, and you choose a new password.',
  actions: [
    {
      key: 'token',
      button: 'It was not me: take it back',
      call: 'v1/auth/email/change/undo',
      done: 'Your address is back. Now choose a new password: where you sign in, say that you have forgotten it.',
    },
  ],
});
