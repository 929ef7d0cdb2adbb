import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { InvalidToken } from '../access/access.errors.js';
import type { GuardedRequest, Principal } from '../access/principal.js';
import type { ApiKeyFact } from '../api-keys/api-key-fact.js';
import { ApiKeyProofs } from '../api-keys/api-key-proofs.service.js';
import { ApiKey } from '../api-keys/api-key.js';
import { LiveApiKeysService } from '../api-keys/live-api-keys.service.js';
import { Settings } from '../config/settings.js';
import { AddressLimits } from '../rate-limits/address-limits.service.js';
import { ApiKeyAdmission } from './api-key-admission.service.js';
import { Proven } from './proven.js';

const MAX_KEYS = 100_000;

/** Which key a text is, with the HMAC that it was proved by: worthless once the key has another. */
interface ProvenKey {
  readonly id: string;
  readonly mac: string;
}

/** `X-API-Key`. A key that was proved once is looked up in memory from then on; what it opens is judged each time. */
@Injectable()
export class ApiKeyCredential {
  readonly #proven = new Proven<ProvenKey>(MAX_KEYS);

  constructor(
    private readonly keys: LiveApiKeysService,
    private readonly proofs: ApiKeyProofs,
    private readonly admission: ApiKeyAdmission,
    private readonly limits: AddressLimits,
    private readonly settings: Settings,
  ) {}

  /** Whose key it is, if all of that is in memory. @throws InvalidToken, AddressNotAllowed, TooManyRequests */
  peek(
    text: string,
    request: GuardedRequest,
    reply: FastifyReply | undefined,
  ): Principal | Promise<Principal> | undefined {
    const proven = this.#proven.get(text);
    const key = proven && this.keys.peek(proven.id);
    if (key === undefined || key.mac !== proven?.mac) return undefined;
    const principal = this.keys.peekPrincipal(key);
    return principal && this.admission.admit({ key, principal, request, reply });
  }

  /** @throws InvalidToken, AddressNotAllowed, TooManyAttempts, TooManyRequests */
  async prove(
    text: string,
    request: GuardedRequest,
    reply: FastifyReply | undefined,
  ): Promise<Principal> {
    const key = (await this.findProven(text)) ?? (await this.proveAnew(text, request));
    const principal = await this.keys.findPrincipal(key);
    if (principal === undefined) throw new InvalidToken();
    return this.admission.admit({ key, principal, request, reply });
  }

  /** One that is only not remembered now: of many who show it at once one reads it. Undefined: it must be proved. */
  private async findProven(text: string): Promise<ApiKeyFact | undefined> {
    const proven = this.#proven.get(text);
    const key = proven && (await this.keys.find(proven.id));
    return key?.mac === proven?.mac ? key : undefined;
  }

  private async proveAnew(text: string, request: GuardedRequest): Promise<ApiKeyFact> {
    const shown = ApiKey.parse(this.settings.apiKeys.environment, text);
    if (shown === undefined) throw new InvalidToken(); // no guess at any key: it is not even counted
    const mac = await this.proofs.prove(shown);
    if (mac === undefined) return this.refuseGuess(request);
    this.#proven.set(text, { id: shown.id, mac });
    const key = await this.keys.find(shown.id);
    if (key === undefined) throw new InvalidToken();
    return key;
  }

  /** A real key is looked up however many others were guessed from its address. @throws TooManyAttempts, InvalidToken */
  private async refuseGuess({ ip }: GuardedRequest): Promise<never> {
    const { failuresPerAddress: limit, window } = this.settings.limits;
    await this.limits.spend({ name: 'api-key', limit, window }, { ip });
    throw new InvalidToken();
  }
}
