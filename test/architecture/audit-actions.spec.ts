import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_ACTIONS } from '../../src/audit/audit-actions.js';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('audit-actions.ts'))
  .map((file) => readFileSync(join('src', file), 'utf8'))
  .join('\n');

describe('The words of the audit log', () => {
  it('are each said somewhere', () => {
    expect(AUDIT_ACTIONS.filter((action) => !sources.includes(`'${action}'`))).toEqual([]);
  });

  it('fit their column', () => {
    for (const action of AUDIT_ACTIONS) expect(action).toMatch(/^[a-z_]{1,64}$/);
  });
});
