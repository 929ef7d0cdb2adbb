import { Module } from '@nestjs/common';
import { NewsService } from './news.service.js';
import { SilentConnections } from './silent-connections.service.js';

@Module({ providers: [NewsService, SilentConnections], exports: [NewsService] })
export class NewsModule {}
