import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Settings } from './config/settings.js';
import { connectionOptions } from './database/connection-options.js';
import { migrations } from './database/migrations/index.js';
import { entities } from './entities.js';

export function dataSourceOptions(settings: Settings, url: string): DataSourceOptions {
  return { ...connectionOptions(settings, url), entities, migrations };
}

export const createDataSource = (settings: Settings, url: string): DataSource =>
  new DataSource(dataSourceOptions(settings, url));
