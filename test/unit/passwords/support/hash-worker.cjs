// The hash worker as it stands in src, for threads that Jest does not transform.
'use strict';
const { readFileSync } = require('node:fs');
const transform = require('../../../../jest.transform.cjs');

require.extensions['.ts'] = (module, file) => {
  module._compile(transform.process(readFileSync(file, 'utf8'), file).code, file);
};
module.exports = require('../../../../src/passwords/hash-worker.ts');
