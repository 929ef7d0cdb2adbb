/** What makes a name unique: case, and other ways to write the same letters, make no difference. */
export const canonicalName = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();
