import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plan } from './plan.js';

/** Writes all of it or, should one file refuse, nothing: what was written before is undone. */
export function writeAll(root: string, plan: Plan): void {
  const undo: (() => void)[] = [];
  try {
    for (const [path, text] of plan) {
      const file = join(root, path);
      const former = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
      const made = former === undefined ? mkdirSync(dirname(file), { recursive: true }) : undefined;
      undo.unshift(() => {
        if (former === undefined) rmSync(made ?? file, { recursive: true, force: true });
        else writeFileSync(file, former);
      });
      writeFileSync(file, text);
    }
  } catch (error) {
    for (const step of undo) step();
    throw error;
  }
}
