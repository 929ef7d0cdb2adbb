import { optimiseLater } from './late-optimising.js';

const optimiseAsUsual = optimiseLater();
// What follows is loaded under it.
await import('reflect-metadata');
const { loadAtOnce } = await import('./load-at-once.js');
const { loadEnvFile } = await import('./config/env-file.js');
const { serve } = await loadAtOnce('./serve.js', () => import('./serve.js'));

const given = { ...process.env };
loadEnvFile();
await serve(process.env, given);
optimiseAsUsual();
