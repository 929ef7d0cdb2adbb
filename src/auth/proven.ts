import { hash } from 'node:crypto';
import type { LRUCache } from 'lru-cache';
import { lruOf } from '../common/lru.js';

/**
 * What was found out of credentials that were checked in full, so that the next request with the same one
 * need not do it again: by their SHA-256, never by themselves.
 */
export class Proven<T extends object> {
  readonly #findings: LRUCache<string, T>;

  constructor(max: number) {
    this.#findings = lruOf(max);
  }

  get(credential: string): T | undefined {
    return this.#findings.get(hash('sha256', credential, 'binary'));
  }

  set(credential: string, finding: T): void {
    this.#findings.set(hash('sha256', credential, 'binary'), finding);
  }

  clear(): void {
    this.#findings.clear();
  }
}
