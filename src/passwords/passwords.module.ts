import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { defaultHashers } from './default-hashers.js';
import { defaultRules } from './default-rules.js';
import { HASH_WORKER_FILE, HashPool, hashWorkerFile } from './hash-pool.js';
import { PASSWORD_HASHERS } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PASSWORD_RULES } from './password-rule.js';
import { PasswordService } from './password.service.js';

@Module({
  providers: [
    { provide: HASH_WORKER_FILE, useValue: hashWorkerFile },
    { provide: PASSWORD_HASHERS, useFactory: defaultHashers, inject: [Settings] },
    { provide: PASSWORD_RULES, useFactory: defaultRules, inject: [Settings, Clock] },
    HashPool,
    PasswordService,
    PasswordPolicy,
  ],
  exports: [PasswordService, PasswordPolicy],
})
export class PasswordsModule {}
