import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A module of this folder and all that it needs, read in one go by require(): import() makes promises for each of two
 * thousand modules, and takes a third longer. Nothing else is done meanwhile. Where one of them awaits at its top level
 * import() it is.
 */
export async function loadAtOnce<T>(file: string, otherwise: () => Promise<T>): Promise<T> {
  try {
    return require(file) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return otherwise();
  }
}
