// Nest 12 and many of its companions are published as ES modules only. Node >= 20.19 can require() them;
// Jest's own loader can only do so on Node >= 24.9. So the whole test run is CommonJS: swc compiles our
// TypeScript (legacy decorators + metadata) and every ES module (or dynamic import()) under node_modules.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const swc = require('@swc/core');

const version = createHash('sha256')
  .update(readFileSync(__filename))
  .update(swc.version)
  .digest('hex');
const types = new Map();

function packageType(dir) {
  if (types.has(dir)) return types.get(dir);
  let type;
  try {
    type = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).type ?? 'commonjs';
  } catch {
    const up = dirname(dir);
    type = up === dir ? 'commonjs' : packageType(up);
  }
  types.set(dir, type);
  return type;
}

const isTs = (file) => /\.[cm]?ts$/.test(file);
const isEsm = (file) =>
  file.endsWith('.mjs') || (file.endsWith('.js') && packageType(dirname(file)) === 'module');

module.exports = {
  getCacheKey(source, file, options) {
    return createHash('sha256')
      .update([version, file, options.instrument].join('\0'))
      .update(source)
      .digest('hex');
  },
  process(source, file) {
    const ts = isTs(file);
    if (!ts && !isEsm(file) && !source.includes('import(')) return { code: source };
    return swc.transformSync(source, {
      filename: file,
      swcrc: false,
      configFile: false,
      isModule: true,
      sourceMaps: ts ? 'inline' : false,
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2022',
        keepClassNames: true,
        parser: ts ? { syntax: 'typescript', decorators: true } : { syntax: 'ecmascript' },
        transform: ts
          ? { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false }
          : {},
      },
    });
  },
};
