import type { TestingModuleBuilder } from '@nestjs/testing';
import { HASH_WORKER_FILE } from '../../src/passwords/hash-pool.js';
import { PASSWORD_HASHERS } from '../../src/passwords/password-hasher.js';
import { cheapHashers, testHashWorker } from '../unit/passwords/support/cheap-hashing.js';

/** The same hashers at the least cost each allows: the security knob turned down where it is meant to be. */
export const fastHashing = (module: TestingModuleBuilder): TestingModuleBuilder =>
  module
    .overrideProvider(PASSWORD_HASHERS)
    .useValue(cheapHashers)
    .overrideProvider(HASH_WORKER_FILE)
    .useValue(testHashWorker);
