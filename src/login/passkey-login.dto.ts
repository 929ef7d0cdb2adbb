import { AnyObject } from '../common/fields.js';
import type { RefreshTransport } from '../sessions/device.js';
import type { SessionTransport } from '../sessions/session.entity.js';
import { ASSERTION } from '../two-factor/passkeys/passkey.dto.js';
import {
  DeviceNameField,
  DeviceTokenField,
  RefreshTransportField,
  TransportField,
} from './login.dto.js';

export class PasskeyLoginDto {
  @AnyObject({
    description: 'What `navigator.credentials.get()` answered, as JSON (`toJSON()`).',
    example: ASSERTION,
  })
  assertion!: Readonly<Record<string, unknown>>;

  @TransportField()
  transport?: SessionTransport;

  @RefreshTransportField()
  refreshTransport?: RefreshTransport;

  @DeviceNameField()
  deviceName?: string;

  @DeviceTokenField()
  deviceToken?: string;
}
