/** A table of which a user is told what it holds about her. */
export interface ExportedTable {
  /** In the export. */
  readonly name: string;
  readonly table: string;
  /** The column that tells her rows apart and puts them in order; `id` by default. */
  readonly key?: string;
  /** The column that says whose a row is; it is not told. */
  readonly owner: string;
  readonly columns: readonly string[];
  /** Columns that say something of whoever did it, told only where that was she herself. */
  readonly ofActor?: { readonly actor: string; readonly columns: readonly string[] };
  /** Secrets, and what is only of use to the server. */
  readonly withheld: readonly string[];
}

export const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
