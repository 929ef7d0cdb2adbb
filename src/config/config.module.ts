import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { KeyRing } from './key-ring.js';
import { openKeyRing } from './secret-keys.js';
import { Settings } from './settings.js';

/** What everyone may ask for: the settings, the key ring, the time. */
@Global()
@Module({})
export class ConfigModule {
  static with(settings: Settings): DynamicModule {
    return {
      module: ConfigModule,
      providers: [
        { provide: Settings, useValue: settings },
        { provide: KeyRing, useFactory: () => openKeyRing(settings) },
        Clock,
      ],
      exports: [Settings, KeyRing, Clock],
    };
  }
}
