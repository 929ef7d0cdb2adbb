import { setFlagsFromString } from 'node:v8';

/** Of Node 20; what the flag means, and what it stands at, changes with V8. */
const KNOWN = '11.3.';
/** Bytes of bytecode that a function runs through before V8 looks whether it is worth optimising. */
const USUAL = 67_584;
const WHILE_LOADING = 500_000;

/**
 * Until the function that it returns is called, V8 is slow to optimise: what a start runs often, above all Node's own
 * loading of modules, never runs again, and compiling it took a fifth of the start. Nothing is switched off, and V8
 * reads the flag each time. Other versions of V8 are left as they are.
 */
export function optimiseLater(): () => void {
  if (!process.versions.v8.startsWith(KNOWN)) return () => undefined;
  setFlagsFromString(`--interrupt-budget=${String(WHILE_LOADING)}`);
  return () => {
    setFlagsFromString(`--interrupt-budget=${String(USUAL)}`);
  };
}
