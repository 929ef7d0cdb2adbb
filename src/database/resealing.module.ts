import { type DynamicModule, Module } from '@nestjs/common';
import { ResealingService, SEALED_COLUMNS, type SealedColumn } from './resealing.service.js';

@Module({})
export class ResealingModule {
  static of(columns: readonly SealedColumn[]): DynamicModule {
    return {
      module: ResealingModule,
      providers: [{ provide: SEALED_COLUMNS, useValue: columns }, ResealingService],
      exports: [ResealingService],
    };
  }
}
