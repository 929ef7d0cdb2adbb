import { linkPage } from '../proof/link-page.js';

export const STOP_FACTOR_RESET_PAGE = linkPage({
  title: 'Do you still have your second factor?',
  intro:
    'An administrator was asked to take your second factors away, so that your password alone is enough to sign in. If it was not you who asked for that, keep them.',
  actions: [
    {
      key: 'token',
      button: 'Keep my second factors',
      call: 'v1/auth/two-factor/reset/stop',
      done: 'Your second factors stay as they are. If you did not ask for this, choose a new password: somebody may know yours.',
    },
  ],
});
