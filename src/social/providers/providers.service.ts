import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NotFound } from '../../common/failures.js';
import { KeyRing } from '../../config/key-ring.js';
import { Settings } from '../../config/settings.js';
import type { ProviderSettings } from '../../config/social-settings.js';
import { NewsService } from '../../database/news/news.service.js';
import { Remembered } from '../../database/news/remembered.js';
import { GithubProvider } from './github.provider.js';
import { OidcProvider } from './oidc.provider.js';
import { providerFetch } from './provider-fetch.js';
import { SocialProviderRow } from './social-provider.entity.js';
import type { SocialProvider } from './social-provider.js';

const PROVIDER_SECRET_PURPOSE = 'social-provider-secret';
export const TOPIC = 'social_providers';
/** There is one fact. */
const ALL = '';

type Providers = ReadonlyMap<string, SocialProvider>;

/** The providers that are enabled: of the settings, which go first, and those that administrators have configured. */
@Injectable()
export class ProvidersService {
  readonly #logger = new Logger('Providers');
  readonly #ofSettings: Providers;
  readonly #configured: Remembered<Providers>;
  /** Kept while nothing of it changes: what was discovered of a provider is good for an hour. */
  readonly #made = new Map<string, { readonly of: string; readonly provider: SocialProvider }>();

  constructor(
    news: NewsService,
    settings: Settings,
    private readonly dataSource: DataSource,
    private readonly ring: KeyRing,
  ) {
    const { providers } = settings.social;
    this.#ofSettings = new Map(providers.map((each) => [each.id, makeProvider(each, true)]));
    this.#configured = new Remembered(news, {
      name: 'providers',
      max: 1,
      load: async () => ({ fact: await this.read() }),
    });
    news.onChange(TOPIC, () => {
      this.#configured.forgetAll();
    });
  }

  /** In the order of their names. */
  async list(): Promise<readonly SocialProvider[]> {
    const configured = (await this.#configured.find(ALL)) ?? new Map<string, SocialProvider>();
    const all = new Map([...configured, ...this.#ofSettings]);
    return [...all.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  /** @throws NotFound also for one that is switched off */
  async get(id: string): Promise<SocialProvider> {
    const found = await this.find(id);
    if (found === undefined) throw new NotFound();
    return found;
  }

  /** Undefined: it is not there, or switched off. */
  async find(id: string): Promise<SocialProvider | undefined> {
    return this.#ofSettings.get(id) ?? (await this.#configured.find(ALL))?.get(id);
  }

  isOfSettings(id: string): boolean {
    return this.#ofSettings.has(id);
  }

  /** Whether its tokens are to be kept, as it is now; also of one that is switched off. */
  async storesTokens(id: string): Promise<boolean> {
    const ofSettings = this.#ofSettings.get(id);
    if (ofSettings !== undefined) return ofSettings.storesTokens;
    const where = { id, storeTokens: true }; // social_providers_pkey
    return this.dataSource.manager.existsBy(SocialProviderRow, where);
  }

  /** One that is configured, whether or not it is switched on, with nothing known of it yet. */
  tried(row: SocialProviderRow): SocialProvider {
    return makeProvider(this.settingsOf(row), false);
  }

  sealed(id: string, secret: string | null | undefined): Buffer | null {
    return secret === undefined || secret === null
      ? null
      : this.ring.seal(PROVIDER_SECRET_PURPOSE, id, Buffer.from(secret));
  }

  private async read(): Promise<Providers> {
    const rows = await this.dataSource.manager.findBy(SocialProviderRow, { isEnabled: true }); // few rows
    return new Map(rows.flatMap((row) => this.usable(row)));
  }

  /** One that cannot be used (its secret is sealed under no key any more) takes no other one with it. */
  private usable(row: SocialProviderRow): [string, SocialProvider][] {
    try {
      return [[row.id, this.providerOf(row)]];
    } catch {
      this.#logger.error(`The provider ${row.id} cannot be used; set its client secret anew`);
      return [];
    }
  }

  private providerOf(row: SocialProviderRow): SocialProvider {
    const of = `${row.updatedAt.toISOString()} ${row.sealedClientSecret?.toString('hex') ?? ''}`;
    const known = this.#made.get(row.id);
    if (known?.of === of) return known.provider;
    const provider = makeProvider(this.settingsOf(row), false);
    this.#made.set(row.id, { of, provider });
    return provider;
  }

  private settingsOf(row: SocialProviderRow): ProviderSettings & { readonly kind: string } {
    const { id, kind, name, clientId, sealedClientSecret: sealed } = row;
    return {
      id,
      kind,
      name,
      clientId,
      clientSecret: sealed
        ? this.ring.open(PROVIDER_SECRET_PURPOSE, id, sealed).toString()
        : undefined,
      issuer: row.issuer ?? undefined,
      nativeClientIds: row.nativeClientIds,
      verifiedDomains: row.verifiedDomains,
      storeTokens: row.storeTokens,
      scopes: row.scopes,
    };
  }
}

/** @param ownNetwork whether it may be in the network of this server: by the word of the operator alone */
export function makeProvider(
  settings: ProviderSettings & { readonly kind?: string },
  ownNetwork: boolean,
): SocialProvider {
  const fetch = providerFetch(ownNetwork);
  const isGithub = (settings.kind ?? settings.id) === 'github';
  return isGithub ? new GithubProvider(settings, fetch) : new OidcProvider(settings, fetch);
}
