import { Column, Entity, Unique } from 'typeorm';
import { Resource } from '../access/resource.js';
import { AbstractUser } from './abstract-user.js';
import { userPermissions } from './users.permissions.js';

/** The team's own user model. Adding a column is one line here and `npm run migration:generate`. */
@Entity('users')
@Unique('users_email_canonical_key', ['emailCanonical'])
@Resource(userPermissions, 'NOT is_service_account')
export class User extends AbstractUser {
  /** E.164, `+4930123456`. */
  @Column('varchar', { length: 16, nullable: true })
  phoneNumber!: string | null;

  @Column('varchar', { length: 150, nullable: true })
  organization!: string | null;

  /** IANA name, `Europe/Berlin`. */
  @Column('varchar', { length: 64, nullable: true })
  timezone!: string | null;
}
