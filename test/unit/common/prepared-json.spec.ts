import Fastify from 'fastify';
import { prepareJson, sendPreparedJson } from '../../../src/common/http/prepared-json.js';

describe('JSON that was made beforehand', () => {
  const ann = prepareJson({ name: 'Ann "the" Lee', age: 7, city: null });
  const answerOf = async (payload: unknown) => {
    const server = Fastify();
    sendPreparedJson(server);
    server.get('/', () => payload);
    const answer = await server.inject('/');
    await server.close();
    return answer;
  };

  it('is sent as if it were made now', async () => {
    const answer = await answerOf(ann);
    expect(answer.body).toBe('{"name":"Ann \\"the\\" Lee","age":7,"city":null}');
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('stands for nothing but itself', async () => {
    expect((await answerOf({ ...ann, age: 8 })).json()).toEqual({ ...ann, age: 8 });
    expect((await answerOf({ data: ann })).json()).toEqual({ data: ann });
    expect((await answerOf([ann, null])).json()).toEqual([ann, null]);
  });

  it('leaves routes to their response schemas', async () => {
    const server = Fastify();
    sendPreparedJson(server);
    const properties = { name: { type: 'string' } };
    const schema = { response: { 200: { type: 'object', properties } } };
    server.get('/', { schema }, () => ({ name: 'Ann', secret: 'hidden' }));
    expect((await server.inject('/')).json()).toEqual({ name: 'Ann' });
    await server.close();
  });

  it('cannot differ from what it was made of', () => {
    expect(() => Object.assign(ann, { age: 8 })).toThrow(TypeError);
  });
});
