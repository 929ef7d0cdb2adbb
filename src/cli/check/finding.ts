import type { SettingsRule } from '../../config/unsafe-settings.js';

/** From the least serious on. */
export const LEVELS = ['info', 'warning', 'error'] as const;
export type Level = (typeof LEVELS)[number];

export interface Finding {
  readonly id: string;
  readonly level: Level;
  readonly message: string;
  readonly advice: string;
}

const LEVEL_OF: Readonly<Record<string, Level>> = { E: 'error', W: 'warning', I: 'info' };

/** The letter of an id, `gatehouse.W003`, is its level. */
export function finding({ id, message, advice }: Omit<SettingsRule, 'when'>): Finding {
  const level = LEVEL_OF[/\.([EWI])\d+$/.exec(id)?.[1] ?? ''];
  if (level === undefined) throw new Error(`${id} is not the id of a finding`);
  return { id, level, message, advice };
}

export const isAtLeast = (least: Level, { level }: Finding): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(least);

/** The worst first; among equals as they were found. */
export function render(findings: readonly Finding[]): string {
  const sorted = [...findings].sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level));
  const lines = sorted.map(
    ({ id, level, message, advice }) =>
      `${level.padEnd(7)}  ${id}  ${message}.\n         ${advice}`,
  );
  return [...lines, summary(findings)].join('\n');
}

function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing to complain of.';
  const counts = LEVELS.map((level) => ({
    level,
    count: findings.filter((each) => each.level === level).length,
  }));
  const words = counts
    .filter(({ count }) => count > 0)
    .reverse()
    .map(({ level, count }) => `${count} ${level}${count === 1 || level === 'info' ? '' : 's'}`);
  return `${words.join(', ')}.`;
}
