import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '../../common/clock.js';
import { NotFound } from '../../common/failures.js';
import { Passkey } from './passkey.entity.js';
import { PasskeyNotAccepted, PasskeyRegistered, TooManyPasskeys } from './passkeys.errors.js';

/** Of one user. */
export const MOST_PASSKEYS = 20;

/** A passkey that was proved and is not kept yet. */
export type NewPasskey = Omit<Passkey, 'id' | 'user' | 'name' | 'createdAt' | 'lastUsedAt'>;

/** How often it signed, and whether it was backed up, when it was used now. */
export type Use = Pick<Passkey, 'signCount' | 'backedUp'>;

/** The only place that queries `passkeys`. */
@Injectable()
export class PasskeysService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The passkeys of a user, oldest first. */
  of(userId: string, manager: EntityManager = this.dataSource.manager): Promise<Passkey[]> {
    return manager.find(Passkey, { where: { userId }, order: { id: 'ASC' } }); // passkeys_user_id_idx
  }

  async find(credentialId: Buffer): Promise<Passkey | undefined> {
    const found = await this.dataSource.manager.findOneBy(Passkey, { credentialId }); // passkeys_credential_id_key
    return found ?? undefined;
  }

  has(userId: string): Promise<boolean> {
    return this.dataSource.manager.existsBy(Passkey, { userId }); // passkeys_user_id_idx
  }

  /**
   * In the transaction of the change, which holds the row of the user.
   *
   * @throws PasskeyRegistered: somebody has it, whoever that is; TooManyPasskeys, PasskeyNotAccepted
   */
  async add(manager: EntityManager, passkey: NewPasskey, name: string): Promise<Passkey> {
    const others = await this.of(passkey.userId, manager);
    if (others.length >= MOST_PASSKEYS) throw new TooManyPasskeys();
    // Two first ones that were begun at once were offered different handles: the later one begins again.
    if (others.some(({ userHandle }) => !userHandle.equals(passkey.userHandle))) {
      throw new PasskeyNotAccepted({
        detail: 'Another passkey was registered meanwhile: begin again.',
      });
    }
    const times = { createdAt: this.clock.now(), lastUsedAt: null };
    const row = { id: uuidv7(), ...passkey, name, ...times };
    const inserted = await manager
      .createQueryBuilder()
      .insert()
      .into(Passkey)
      .values(row)
      .orIgnore() // passkeys_credential_id_key decides, whoever comes at the same time
      .returning('id')
      .execute();
    if ((inserted.raw as unknown[]).length === 0) throw new PasskeyRegistered();
    return row;
  }

  /** @throws NotFound: it is not hers */
  async rename(userId: string, id: string, name: string): Promise<Passkey> {
    const { affected } = await this.dataSource.manager.update(Passkey, { id, userId }, { name }); // passkeys_pkey
    const renamed = await this.dataSource.manager.findOneBy(Passkey, { id, userId });
    if (affected !== 1 || renamed === null) throw new NotFound();
    return renamed;
  }

  /** In the transaction of the change. @throws NotFound: it is not hers */
  async remove(manager: EntityManager, userId: string, id: string): Promise<void> {
    const { affected } = await manager.delete(Passkey, { id, userId }); // passkeys_pkey
    if (affected !== 1) throw new NotFound();
  }

  /**
   * Notes a use, whoever comes at the same time: the count of an authenticator that counts only ever rises. went_back:
   * it did not, so two authenticators count, and one of them is a copy. What was used tells the credentials of its time.
   */
  async use({ id }: Passkey, { signCount, backedUp }: Use): Promise<Date | 'went_back' | 'gone'> {
    const [[used]] = await this.dataSource.query<[{ credentials_changed_at: Date }[], number]>(
      // Indexes: passkeys_pkey, users_pkey
      `UPDATE passkeys p SET sign_count = $2::bigint, backed_up = $3, last_used_at = $4
         FROM users u
        WHERE p.id = $1 AND u.id = p.user_id
          AND (p.sign_count < $2::bigint OR (p.sign_count = 0 AND $2::bigint = 0))
       RETURNING u.credentials_changed_at`,
      [id, signCount, backedUp, this.clock.now()],
    );
    if (used) return used.credentials_changed_at;
    return (await this.dataSource.manager.existsBy(Passkey, { id })) ? 'went_back' : 'gone';
  }
}
