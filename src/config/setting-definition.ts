import type { Parser } from './parsers.js';

/** One environment variable: how it is read, what it is without a word, what it means. */
export interface SettingDefinition<T> {
  readonly parse: Parser<T>;
  /** Absent: the setting is optional and undefined by default. */
  readonly fallback?: T;
  /** What `.env.example` shows where the default is worked out at start. */
  readonly example?: string;
  readonly help: string;
}

export const define = <T>(
  definition: SettingDefinition<NoInfer<T>> & { parse: Parser<T>; fallback: NoInfer<T> },
) => definition;
export const optional = <T>(
  definition: Omit<SettingDefinition<T>, 'fallback'>,
): SettingDefinition<T> => definition;
