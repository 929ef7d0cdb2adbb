import type { QueryFailedError } from 'typeorm';
import { LastSuperuser } from './users.errors.js';

/** The trigger `users_last_superuser` decides, whoever leaves at the same time. */
export function lastSuperuser(error: unknown): never {
  const { driverError } = error as Partial<QueryFailedError<Error & { constraint?: string }>>;
  if (driverError?.constraint === 'users_last_superuser') {
    throw new LastSuperuser({ cause: error });
  }
  throw error;
}
