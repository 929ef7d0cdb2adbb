import type { ApiKeyDto, ApiKeyPageDto, IssuedApiKeyDto } from '../../src/api-keys/api-key.dto.js';
import type { Problem } from '../../src/common/problem.js';
import type { Answer, Client } from './client.js';

export const OWN_KEYS = '/v1/users/me/api-keys';

export type IssuedKey = IssuedApiKeyDto & Omit<Problem, 'status'>;

/** Somebody who looks after her keys. */
export class KeyDesk {
  constructor(
    readonly client: Client,
    private readonly url = OWN_KEYS,
  ) {}

  make(wish: object = { name: 'a server' }): Promise<Answer<IssuedKey>> {
    return this.client.post(this.url, wish);
  }

  list(query = ''): Promise<Answer<ApiKeyPageDto>> {
    return this.client.get(this.url + query);
  }

  change(id: string, wish: object): Promise<Answer<ApiKeyDto>> {
    return this.client.patch(`${this.url}/${id}`, wish);
  }

  rotate(id: string, wish: object = {}): Promise<Answer<IssuedKey>> {
    return this.client.post(`${this.url}/${id}/rotate`, wish);
  }

  revoke(id: string): Promise<Answer> {
    return this.client.send({ method: 'DELETE', url: `${this.url}/${id}` });
  }

  /** As the list shows it. */
  async shown(id: string): Promise<ApiKeyDto> {
    const { body } = await this.list();
    const key = body.items.find((item) => item.id === id);
    if (key === undefined) throw new Error('The key is not in the list');
    return key;
  }
}
