import 'reflect-metadata';
import { loadEnvFile } from './config/env-file.js';
import { serve } from './serve.js';

loadEnvFile();
await serve(process.env);
