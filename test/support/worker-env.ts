import { types } from 'node:util';

// Each worker has a database of its own.
process.env['DATABASE_URL'] =
  `${process.env['TEST_DATABASE'] ?? ''}${process.env['JEST_WORKER_ID'] ?? '1'}`;

// Jest gives tests an Error of their own; what Node itself throws (ECONNREFUSED) is an error for all that.
const isInstance = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, thing: unknown): boolean {
    return isInstance.call(this, thing) || (this === Error && types.isNativeError(thing));
  },
});
