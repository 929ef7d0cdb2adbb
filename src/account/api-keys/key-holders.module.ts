import { Module } from '@nestjs/common';
import { KeySelfController } from './key-self.controller.js';
import { KeySelf } from './key-self.service.js';

/** What whoever holds a key may do, without being signed in. */
@Module({
  controllers: [KeySelfController],
  providers: [KeySelf],
})
export class KeyHoldersModule {}
