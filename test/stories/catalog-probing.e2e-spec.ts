import type { InjectOptions } from 'light-my-request';
import { v7 as uuidv7 } from 'uuid';
import { products } from '../../src/catalog/products/product.entity.js';
import { Shopper } from '../support/catalog.js';
import { type Answer, type Client } from '../support/client.js';
import { Grants, userHolder } from '../support/grants.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** J11: an object that one may not view answers as one that is not there does, however it is asked for. */
describe('Somebody else’s product, probed', () => {
  let test: TestApp;
  let make: Make;
  let id: string;
  let owner: Client;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    const made = await make.signedIn();
    owner = made.client;
    await new Grants(test).give(userHolder(made.user), products.add);
    ({ id } = (await new Shopper(owner).add()).body);
  });
  afterAll(() => test.close());

  /** All that can be told apart: what is of the moment is left out. */
  const told = ({ status, headers, text }: Answer) => {
    const { 'x-request-id': requestId, ...others } = headers;
    const rest = { ...others, date: 'now' };
    return { status, rest, text: text.replace(String(requestId), '') };
  };

  it.each<[string, Partial<InjectOptions>]>([
    ['HEAD', { method: 'HEAD' }],
    ['OPTIONS', { method: 'OPTIONS' }],
    [
      'OPTIONS before a call from another origin',
      {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'DELETE' },
      },
    ],
    ['GET if it has no other tag', { method: 'GET', headers: { 'if-none-match': '*' } }],
    [
      'GET if it was changed',
      { method: 'GET', headers: { 'if-modified-since': 'Thu, 01 Jan 2099 00:00:00 GMT' } },
    ],
    ['GET of a part', { method: 'GET', headers: { range: 'bytes=0-1' } }],
    ['PUT', { method: 'PUT', headers: { 'content-type': 'application/json' }, payload: '{}' }],
    ['DELETE if it is this one', { method: 'DELETE', headers: { 'if-match': '*' } }],
  ])('by %s answers as nothing does', async (_, options) => {
    const { client } = await make.signedIn();
    const probe = (of: string) => client.send({ ...options, url: `/v1/catalog/products/${of}` });
    const [foreign, absent] = [told(await probe(id)), told(await probe(uuidv7()))];
    expect(foreign).toEqual(absent);
    expect(foreign.status).not.toBe(200);
    expect(foreign.rest).not.toHaveProperty('etag');
    expect(foreign.rest).not.toHaveProperty('last-modified');
    expect((await owner.get(`/v1/catalog/products/${id}`)).status).toBe(200);
  });

  it('gives nothing away in lists that are asked for more than they know (J05)', async () => {
    const { client } = await make.signedIn();
    for (const query of [
      '?filter[price][$gt]=1',
      '?sort=price',
      '?include=reviews',
      '?fields=id',
    ]) {
      const { status } = await client.get(`/v1/catalog/products${query}`);
      expect([query, status]).toEqual([query, 400]);
    }
  });

  it('is refused in the same words, down to the length, whether it is there or not', async () => {
    const { client } = await make.signedIn();
    const there = told(await client.get(`/v1/catalog/products/${id}`));
    expect(there).toEqual(told(await client.get(`/v1/catalog/products/${uuidv7()}`)));
  });
});
