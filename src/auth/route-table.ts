import { Injectable, type OnApplicationBootstrap, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { type AccessRule, accessRuleOf, demandedBy } from '../access/access-rule.js';
import { resourceOf } from '../access/permission-name.js';
import { MessageHandlers } from './message-handlers.js';
import type { Route } from './route.js';

/** Every route with its access rule. A route without one stops the start, or with a permission that there is not. */
@Injectable()
export class RouteTable implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
    private readonly messages: MessageHandlers,
  ) {}

  onApplicationBootstrap(): void {
    const all = [...this.routes(), ...this.messages.routes()];
    refuse(
      all.filter(({ rule }) => rule === undefined),
      'These routes have no access rule; put @Public(), @LoginRequired() or another on each',
    );
    refuse(
      all.filter(({ rule }) => rule?.kind === 'public' && rule.twoFactor !== undefined),
      'These routes are public and demand a second factor; one of the two is a mistake',
    );
    refuse(
      all.filter(({ rule }) => rule && isRecentForKeys(rule)),
      'These routes demand a recent proof and admit API keys, which have none; one of the two is a mistake',
    );
    refuse(
      all.filter(({ rule }) => rule && demandedBy(rule).some(isUndefined)),
      'These routes demand a permission that no definePermissions() has made',
    );
  }

  routes(): Route[] {
    return this.discovery
      .getControllers()
      .flatMap(({ metatype }) => (metatype ? this.routesOf(metatype as Type) : []))
      .sort((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`));
  }

  private routesOf(controller: Type): Route[] {
    const prototype = controller.prototype as Record<string, () => unknown>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name];
      if (handler === undefined) return [];
      const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (verb === undefined) return [];
      const rule = accessRuleOf(this.reflector, handler, controller);
      return pathsOf(controller, handler).map((path) => ({
        method: RequestMethod[verb],
        path,
        handler: `${controller.name}.${name}`,
        rule,
      }));
    });
  }
}

const isRecentForKeys = (rule: AccessRule): boolean =>
  rule.kind !== 'public' && Boolean(rule.recent) && rule.apiKeys === true;

const isUndefined = (permission: string): boolean => resourceOf(permission) === undefined;

function refuse(routes: readonly Route[], why: string): void {
  if (routes.length === 0) return;
  const names = routes.map(({ handler, method, path }) => `  ${handler} (${method} ${path})`);
  throw new Error(`${why}:\n${names.join('\n')}`);
}

function pathsOf(controller: Type, handler: () => unknown): string[] {
  const heads = [Reflect.getMetadata(PATH_METADATA, controller)].flat() as string[];
  const tails = [Reflect.getMetadata(PATH_METADATA, handler)].flat() as string[];
  return heads.flatMap((head) =>
    tails.map(
      (tail) =>
        `/${[head, tail]
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`,
    ),
  );
}
