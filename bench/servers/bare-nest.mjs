// NestJS on Fastify as it comes: one route with the same answer, no guard, no header, no log.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

class HealthController {
  live() {
    return { status: 'live' };
  }
}
const live = Object.getOwnPropertyDescriptor(HealthController.prototype, 'live');
Get('live')(HealthController.prototype, 'live', live);
Controller('health')(HealthController);

class BareModule {}
Module({ controllers: [HealthController] })(BareModule);

const app = await NestFactory.create(BareModule, new FastifyAdapter(), { logger: false });
await app.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));
