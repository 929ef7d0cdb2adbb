import { ApiKeyRegister } from '../../api-keys/api-key-register.service.js';
import { readSettings } from '../../config/settings.js';
import { ResealingService } from '../../database/resealing.service.js';
import { SigningKeyRotationService } from '../../sessions/signing-key-rotation.service.js';
import { UsageError } from '../cli-error.js';
import { defineCommand } from '../command.js';
import { withServices } from '../services.js';

interface Services {
  readonly rotation: SigningKeyRotationService;
  readonly resealing: ResealingService;
  readonly apiKeys: ApiKeyRegister;
}

/** What each word does; it returns the lines to print. */
const actions: Readonly<Record<string, (services: Services) => Promise<string[]>>> = {
  rotate: async ({ rotation }) => {
    await rotation.rotate();
    return [
      'Access tokens are signed with another key from now on.',
      ...(await keyLines(rotation)),
    ];
  },
  reseal: async ({ resealing }) => [
    `Sealed anew: ${await resealing.reseal()}.`,
    ...(await sealLines(resealing)),
  ],
  status: async ({ rotation, resealing, apiKeys }) => [
    ...(await keyLines(rotation)),
    ...(await sealLines(resealing)),
    ...(await pepperLines(apiKeys)),
  ],
};

export const keys = defineCommand({
  name: 'keys',
  summary: 'Rotates the key that signs access tokens; says which keys are in use',
  description: [
    'rotate: the next key, which is published already, signs from now on; tokens of the former one are good',
    'until they end. The servers do so by themselves every SIGNING_KEY_ROTATION seconds.',
    'reseal: seals under the newest of SECRET_KEYS what older ones have sealed. The servers do so by themselves.',
    'status: the signing keys, how much is still sealed under older secret keys, and how many API keys are still hashed',
    'with older peppers. Changes nothing.',
  ],
  argument: { name: 'rotate|reseal|status', help: 'What to do.' },
  options: {},
  examples: ['npm run cli -- keys status', 'npm run cli -- keys rotate'],
  async run({ argument }, { environment, terminal }) {
    const action = Object.hasOwn(actions, argument) ? actions[argument] : undefined;
    if (action === undefined) throw new UsageError('Say keys rotate, keys reseal or keys status.');
    const settings = readSettings(environment);
    await withServices(settings, terminal, async (services) => {
      const lines = await action({
        rotation: services.get(SigningKeyRotationService, { strict: false }),
        resealing: services.get(ResealingService, { strict: false }),
        apiKeys: services.get(ApiKeyRegister, { strict: false }),
      });
      terminal.print(lines.join('\n'));
    });
    return undefined;
  },
});

async function keyLines(rotation: SigningKeyRotationService): Promise<string[]> {
  const rows = await rotation.status();
  return rows.map(({ kid, state, createdAt, activatedAt, retiresAt }) => {
    const since = (retiresAt ?? activatedAt ?? createdAt).toISOString();
    return `${state.padEnd(8)}  ${kid}  ${SINCE[state]} ${since}`;
  });
}

const SINCE = { current: 'signs since', next: 'published since', retiring: 'verifies until' };

async function sealLines(resealing: ResealingService): Promise<string[]> {
  const rows = await resealing.status();
  return rows.map(
    ({ column, newest, older }) =>
      `${column.table}: ${newest} under the newest secret key, ${older} under older ones`,
  );
}

/** Older peppers are sealed anew with everything else: their keys work on, whichever secret keys are dropped. */
async function pepperLines(apiKeys: ApiKeyRegister): Promise<string[]> {
  const { newest, older } = await apiKeys.pepperStatus();
  return [
    `API keys: ${newest} hashed with the newest pepper, ${older} with older ones until they are used`,
  ];
}
