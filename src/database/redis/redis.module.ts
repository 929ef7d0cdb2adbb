import { Module } from '@nestjs/common';
import { NewsModule } from '../news/news.module.js';
import { RedisNewsService } from './redis-news.service.js';
import { RedisService } from './redis.service.js';

@Module({
  imports: [NewsModule],
  providers: [RedisService, RedisNewsService],
  exports: [RedisService],
})
export class RedisModule {}
