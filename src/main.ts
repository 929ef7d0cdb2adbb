import 'reflect-metadata';
import { loadEnvFile } from './config/env-file.js';
import { serve } from './serve.js';

const given = { ...process.env };
loadEnvFile();
await serve(process.env, given);
