import { readFileSync } from 'node:fs';
import { renderEnvExample } from '../../src/config/env-example.js';
import { settingDefinitions } from '../../src/config/settings.definitions.js';

describe('.env.example', () => {
  it('says what the settings say', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(renderEnvExample());
  });

  it('names every setting once', () => {
    const named = [...renderEnvExample().matchAll(/^# ([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(named).toEqual(Object.keys(settingDefinitions));
  });
});
