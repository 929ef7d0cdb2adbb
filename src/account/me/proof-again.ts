import { ValidationFailed } from '../../common/failures.js';
import type { ShownFactor } from '../../two-factor/second-factor.js';
import type { ReauthenticateDto } from './reauthentication.dto.js';

const WAYS = ['password', 'code', 'assertion'] as const;
const TOTP_SHAPE = /^\d{6}$/;

/** By what somebody proves again that it is she. */
export type ProofAgain = { readonly password: string } | { readonly factor: ShownFactor };

/** @param sessionId of the session in which it is proved. @throws ValidationFailed unless it is one of the three */
export function proofAgain(body: ReauthenticateDto, sessionId: string): ProofAgain {
  const [way, second] = WAYS.filter((name) => body[name] !== undefined);
  if (way === undefined) {
    throw complaint('password', 'required', 'It is one of three that must be there');
  }
  if (second !== undefined) throw complaint(second, 'ambiguous', `It must not stand beside ${way}`);
  const { password, code, assertion } = body;
  if (password !== undefined) return { password };
  if (assertion !== undefined) {
    return { factor: { method: 'passkey', assertion, within: sessionId } };
  }
  const method = TOTP_SHAPE.test(code ?? '') ? 'totp' : 'recovery_code';
  return { factor: { method, code, within: sessionId } };
}

const complaint = (field: string, code: string, message: string) =>
  new ValidationFailed({
    errors: [{ field, code, message: `${message}: ${WAYS.join(', ')}.`, params: { ways: WAYS } }],
  });
