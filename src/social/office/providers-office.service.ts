import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { NotFound, ValidationFailed } from '../../common/failures.js';
import { afterCommit } from '../../database/after-commit.js';
import { NewsService } from '../../database/news/news.service.js';
import { ProvidersService, TOPIC } from '../providers/providers.service.js';
import { SocialProviderRow } from '../providers/social-provider.entity.js';
import { ProviderTaken } from '../social.errors.js';
import { UnwantedTokens } from '../tokens/unwanted-tokens.service.js';
import type { NewProviderDto, ProviderChangesDto } from './managed-provider.dto.js';
import { type Change, ProviderLog } from './provider-log.service.js';

/** Providers that administrators configure; in force on every node at once. */
@Injectable()
export class ProvidersOffice {
  constructor(
    private readonly dataSource: DataSource,
    private readonly providers: ProvidersService,
    private readonly news: NewsService,
    private readonly log: ProviderLog,
    private readonly tokens: UnwantedTokens,
  ) {}

  /** By id; there are few. */
  list(): Promise<SocialProviderRow[]> {
    return this.dataSource.manager.find(SocialProviderRow, { order: { id: 'ASC' } });
  }

  /** @throws NotFound */
  async get(
    id: string,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<SocialProviderRow> {
    const row = await manager.findOneBy(SocialProviderRow, { id }); // social_providers_pkey
    if (row === null) throw new NotFound();
    return row;
  }

  /** @throws ProviderTaken also by one of the settings; ValidationFailed */
  async add(given: NewProviderDto, change: Change): Promise<SocialProviderRow> {
    const { id, clientSecret, ...rest } = given;
    if ((rest.kind === 'oidc') !== (rest.issuer !== undefined)) throw issuerComplaint(rest.kind);
    demandSecret(rest.kind, clientSecret ?? null);
    if (this.providers.isOfSettings(id)) throw new ProviderTaken();
    return this.dataSource.transaction(async (manager) => {
      const added = await manager
        .createQueryBuilder()
        .insert()
        .into(SocialProviderRow)
        .values({
          ...EMPTY,
          ...rest,
          id,
          sealedClientSecret: this.providers.sealed(id, clientSecret),
          ...this.log.bothTimes(),
        })
        .orIgnore() // social_providers_pkey decides, whoever comes at the same time
        .returning('id')
        .execute();
      if ((added.raw as unknown[]).length === 0) throw new ProviderTaken();
      const row = await this.get(id, manager);
      await this.log.record(manager, 'social_provider_created', change, { after: row });
      this.announce(manager);
      return row;
    });
  }

  /** @throws NotFound, ValidationFailed */
  async change(
    id: string,
    { clientSecret, ...rest }: ProviderChangesDto,
    change: Change,
  ): Promise<SocialProviderRow> {
    return this.dataSource.transaction(async (manager) => {
      const before = await this.lock(id, manager);
      demandSecret(before.kind, clientSecret);
      const sealed =
        clientSecret === undefined
          ? {}
          : { sealedClientSecret: this.providers.sealed(id, clientSecret) };
      const { updatedAt } = this.log.bothTimes();
      await manager.update(SocialProviderRow, { id }, { ...rest, ...sealed, updatedAt });
      const after = await this.get(id, manager);
      if (!after.storeTokens) await this.dropTokens(manager, id);
      await this.log.record(manager, 'social_provider_changed', change, { before, after });
      this.announce(manager);
      return after;
    });
  }

  /** Who is who there stays known, should it come back; its tokens go. @throws NotFound */
  async remove(id: string, change: Change): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const before = await this.lock(id, manager);
      await manager.delete(SocialProviderRow, { id });
      await this.dropTokens(manager, id);
      await this.log.record(manager, 'social_provider_deleted', change, { before });
      this.announce(manager);
    });
  }

  /** @throws NotFound, ProviderUnavailable */
  async test(id: string): Promise<void> {
    await this.providers.tried(await this.get(id)).authorizationUrl(NO_TIES);
  }

  /** So that the log book tells what each has changed, whoever comes at the same time. @throws NotFound */
  private async lock(id: string, manager: EntityManager): Promise<SocialProviderRow> {
    const lock = { mode: 'pessimistic_write' } as const;
    const row = await manager.findOne(SocialProviderRow, { where: { id }, lock }); // social_providers_pkey
    if (row === null) throw new NotFound();
    return row;
  }

  /** Not those of a provider of the settings that has come to the same id since. */
  private async dropTokens(manager: EntityManager, id: string): Promise<void> {
    if (!this.providers.isOfSettings(id)) await this.tokens.removeOf(manager, id);
  }

  private announce(manager: EntityManager): void {
    afterCommit(manager, () => {
      this.news.tell(TOPIC);
    });
  }
}

const EMPTY = {
  issuer: null,
  nativeClientIds: [],
  verifiedDomains: [],
  storeTokens: false,
  scopes: [],
  isEnabled: true,
};

/** Of a way that nobody goes. */
const NO_TIES = { state: 'test', nonce: 'test', codeVerifier: 'test', callbackUrl: '' };

/** Google and GitHub have no public clients. */
function demandSecret(kind: SocialProviderRow['kind'], secret: string | null | undefined): void {
  if (kind === 'oidc' || secret !== null) return;
  const message = 'It is required.';
  throw new ValidationFailed({ errors: [{ field: 'clientSecret', code: 'required', message }] });
}

const issuerComplaint = (kind: SocialProviderRow['kind']) =>
  new ValidationFailed({
    errors: [
      {
        field: 'issuer',
        code: kind === 'oidc' ? 'required' : 'not_allowed',
        message: kind === 'oidc' ? 'It is required.' : 'It is known already.',
      },
    ],
  });
