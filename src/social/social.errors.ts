import { failure } from '../common/failure.js';

export class ProviderUnavailable extends failure({
  code: 'provider_unavailable',
  status: 502,
  title: 'The provider does not answer',
  detail:
    'It is away, slow, or answers what it should not. Try again later, or sign in another way.',
}) {}

export class ProviderRefused extends failure({
  code: 'provider_refused',
  status: 400,
  title: 'The provider did not confirm who you are',
  detail: 'You said no there, or what came back does not prove who you are. Begin again.',
}) {}

export class SocialTokensGone extends failure({
  code: 'social_tokens_gone',
  status: 409,
  title: 'The provider is no longer asked in your name',
  detail: 'You took that back there, or it has ended. Sign in with the provider again.',
}) {}

export class SocialFlowInvalid extends failure({
  code: 'social_flow_invalid',
  status: 400,
  title: 'This way in was not begun here',
  detail:
    'It was begun in another browser, more than ten minutes ago, or is over already. Begin again.',
}) {}

export class RedirectNotAllowed extends failure({
  code: 'redirect_not_allowed',
  status: 400,
  title: 'People may not be sent there',
  detail:
    'Only to pages of this server and of CORS_ORIGINS, and to what SOCIAL_REDIRECTS names to the letter.',
}) {}

export class SocialAccountExists extends failure({
  code: 'account_exists',
  status: 409,
  title: 'There is an account with this address',
  detail: 'Sign in to it the way you always do, and link the provider there.',
}) {}

export class SignupClosed extends failure({
  code: 'signup_closed',
  status: 403,
  title: 'Nobody new may come this way',
  detail: 'There is no account for you here, and none is made through a provider.',
}) {}

export class EmailRequired extends failure({
  code: 'email_required',
  status: 403,
  title: 'The provider told no e-mail address',
  detail: 'An account needs one. Let the provider tell it, or register with a password.',
}) {}

export class EmailUnverified extends failure({
  code: 'email_unverified',
  status: 403,
  title: 'The provider has not verified your address',
  detail: 'Verify it there and begin again, or register with a password.',
}) {}

export class ProviderTaken extends failure({
  code: 'provider_taken',
  status: 409,
  title: 'There is a provider of this id',
  detail: 'Here, or in the settings of the server.',
}) {}

export class AlreadyLinked extends failure({
  code: 'already_linked',
  status: 409,
  title: 'It is linked to an account already',
  detail:
    'Whoever you are at the provider signs in to another account here. Unlink it there first.',
}) {}

export class LastCredential extends failure({
  code: 'last_credential',
  status: 409,
  title: 'It is the last way in',
  detail: 'Set a password, register a passkey or link another provider before this one goes.',
}) {}
