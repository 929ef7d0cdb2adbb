import type { EntityManager } from 'typeorm';
import { InvalidToken } from '../access/access.errors.js';
import type { AuthenticatedRequest } from '../access/principal.js';
import type { Details } from '../audit/audit-proofs.js';
import { type Caller, callerOf } from '../common/http/caller.js';
import type { Asker } from '../permissions/permissions.service.js';
import { User } from '../users/user.entity.js';

/** Who wants something done, and from where: what the office asks about, and what the log book says of it. */
export interface Errand {
  readonly asker: Asker;
  readonly caller: Caller;
}

export const errandOf = (request: AuthenticatedRequest): Errand => ({
  asker: request.principal,
  caller: callerOf(request),
});

/** The same, of who asks as the tables have them now: what is remembered may be of a moment ago. @throws InvalidToken */
export async function renewed({ asker, caller }: Errand, manager: EntityManager): Promise<Errand> {
  if (asker === undefined) return { asker, caller };
  const user = await manager.getRepository(User).findOneBy({ id: asker.user.id, isActive: true }); // users_pkey
  if (user === null) throw new InvalidToken();
  return { asker: { ...asker, user }, caller };
}

/** What every line of the log book has that tells of something done here. */
export const doneBy = ({ asker, caller }: Errand) =>
  ({ outcome: 'success', actorId: asker?.user.id, caller }) as const;

type End = { readonly expiresAt: Date | null } | undefined;

/** When something that was given ends: before and after. What was not there, or is not any more, is left out. */
export const endsOf = ({ before, after }: { before?: End; after?: End }): Details => ({
  ...(before && { before: endOf(before) }),
  ...(after && { after: endOf(after) }),
});

const endOf = ({ expiresAt }: NonNullable<End>) => ({
  expiresAt: expiresAt?.toISOString() ?? null,
});
