import type { Problem } from '../../src/common/problem.js';
import type { Answer } from './client.js';

/** Every failure there is has this shape, whoever has refused the request. */
export function expectProblem(
  { status, headers, body }: Pick<Answer, 'status' | 'headers' | 'body'>,
  expectedStatus: number,
  code: string,
): void {
  const problem = body as Problem;
  expect({ status, code: (problem as Problem | undefined)?.code }).toEqual({
    status: expectedStatus,
    code,
  });
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(problem).toEqual({
    type: `http://localhost:3000/docs/errors#${code}`,
    title: expect.any(String) as string,
    status: expectedStatus,
    detail: expect.any(String) as string,
    code,
    requestId: expect.any(String) as string,
    ...(code === 'validation_failed' && { errors: expect.any(Array) as unknown[] }),
  });
}

/** The complaints of a refused body: `field code` each. */
export const complaintsOf = ({ body }: Pick<Answer, 'body'>): string[] =>
  ((body as Problem | undefined)?.errors ?? []).map(({ field, code }) => `${field} ${code}`);
