import { Module } from '@nestjs/common';

/** The office: what administrators do with accounts, groups and rights. Each of its desks is a module of its own. */
@Module({ imports: [] })
export class AdminModule {}
