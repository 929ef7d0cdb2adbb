import {
  type CanActivate,
  type ExceptionFilter,
  Injectable,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import {
  EXCEPTION_FILTERS_METADATA,
  GUARDS_METADATA,
  PIPES_METADATA,
} from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { accessRuleOf } from '../access/access-rule.js';
import type { Route } from './route.js';

/** What stands before every handler. */
export interface Enhancers {
  readonly guard: CanActivate;
  readonly pipe: PipeTransform;
  readonly filter: ExceptionFilter;
}

/** Where `@SubscribeMessage` and `@MessagePattern` or `@EventPattern` leave a mark; their packages need not be there. */
const MARKS = { ws: 'websockets:message_mapping', rpc: 'microservices:pattern' } as const;

/** What handles messages: of sockets (`ws`) and of other services (`rpc`). */
@Injectable()
export class MessageHandlers {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  /** Each with its access rule. */
  routes(): Route[] {
    return this.classes().flatMap((metatype) => this.routesOf(metatype));
  }

  /**
   * What is set for the whole application does not reach all of them: filters reach no gateway, and a microservice
   * that was connected without `inheritAppConfig` has neither guard nor pipe. So each gets its own, before it serves.
   */
  protect({ guard, pipe, filter }: Enhancers): void {
    for (const metatype of this.classes()) {
      const transports = new Set(this.routesOf(metatype).map(({ method }) => method));
      if (transports.size > 0) putFirst(EXCEPTION_FILTERS_METADATA, metatype, filter);
      if (!transports.has('rpc')) continue;
      putFirst(GUARDS_METADATA, metatype, guard);
      putFirst(PIPES_METADATA, metatype, pipe);
    }
  }

  private classes(): Type[] {
    const wrappers = [...this.discovery.getControllers(), ...this.discovery.getProviders()];
    const classes = wrappers.map(({ metatype }) => metatype).filter(isClass);
    return [...new Set(classes)];
  }

  private routesOf(metatype: Type): Route[] {
    const prototype = metatype.prototype as Record<string, () => unknown>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (typeof handler !== 'function') return [];
      const method = transportOf(handler);
      if (method === undefined) return [];
      const rule = accessRuleOf(this.reflector, handler, metatype);
      return [{ method, path: patternOf(handler), handler: `${metatype.name}.${name}`, rule }];
    });
  }
}

const isClass = (metatype: unknown): metatype is Type =>
  typeof metatype === 'function' && typeof metatype.prototype === 'object';

const transportOf = (handler: object): 'ws' | 'rpc' | undefined =>
  (['ws', 'rpc'] as const).find((transport) => Reflect.hasMetadata(MARKS[transport], handler));

function patternOf(handler: object): string {
  const pattern: unknown =
    Reflect.getMetadata('message', handler) ?? Reflect.getMetadata(MARKS.rpc, handler);
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}

/** Before those of the class itself, and in the place of what an application before this one has put there. */
function putFirst(key: string, metatype: Type, enhancer: object): void {
  const present = (Reflect.getOwnMetadata(key, metatype) ?? []) as readonly object[];
  const others = present.filter((each) => each.constructor !== enhancer.constructor);
  Reflect.defineMetadata(key, [enhancer, ...others], metatype);
}
