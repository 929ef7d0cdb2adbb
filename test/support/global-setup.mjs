// Jest applies neither moduleNameMapper nor its transforms to globalSetup; Node's own loader with swc's
// hooks loads the TypeScript.
import '@swc-node/register/esm-register';

export default async function globalSetup(config) {
  const { setUp } = await import('./test-database.ts');
  await setUp(config.maxWorkers);
}
