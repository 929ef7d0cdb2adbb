import type { PasskeyDescriptorDto } from './passkey.dto.js';
import type { Passkey } from './passkey.entity.js';

/** How options name a passkey (`PublicKeyCredentialDescriptorJSON`). */
export const descriptorOf = ({
  credentialId,
  transports,
}: Pick<Passkey, 'credentialId' | 'transports'>): PasskeyDescriptorDto => ({
  id: credentialId.toString('base64url'),
  type: 'public-key',
  transports,
});
