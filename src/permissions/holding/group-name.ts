/** What makes the name of a group unique: case, and other ways to write the same letters, make no difference. */
export const canonicalGroupName = (name: string): string =>
  name.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim();

/** Characters that the column holds: some letters become eighteen of them. */
export const LONGEST_CANONICAL_NAME = 600;
