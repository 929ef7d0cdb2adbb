/** Whether a stored hash belongs to a password at all: Django marks the lack of one by `!` and random letters. */
export const isUsableHash = (encoded: string | null): boolean =>
  encoded !== null && encoded !== '' && !encoded.startsWith('!');
