import { Injectable } from '@nestjs/common';
import { NewsService } from '../news/news.service.js';
import { RedisService } from './redis.service.js';

const CHANNEL = 'gatehouse:news';
/** A row by its UUID. Whatever else somebody says there is not ours; that all has changed only the database says. */
const ITEM = /^([a-z_]{1,63}):([0-9a-f-]{36})$/;

/**
 * A second carrier of news, beside the database's own, which stays the one that is relied upon: it is often the
 * faster one, and nothing is lost with it.
 */
@Injectable()
export class RedisNewsService {
  constructor(news: NewsService, redis: RedisService) {
    const subscriber = redis.connect();
    if (subscriber === undefined) return;
    news.onOwnChange((table, id) => {
      if (id !== undefined) void redis.ask((client) => client.publish(CHANNEL, `${table}:${id}`));
    });
    subscriber.on('message', (_channel: string, item: string) => {
      const [, table, id] = ITEM.exec(item) ?? [];
      if (table !== undefined) news.hear(table, id);
    });
    subscriber.on('ready', () => {
      subscriber.subscribe(CHANNEL).catch(() => undefined); // tried again with the next connection
    });
  }
}
