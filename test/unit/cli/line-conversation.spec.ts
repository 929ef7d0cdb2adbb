import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { LineConversation } from '../../../src/cli/terminal/line-conversation.js';

function open() {
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = '';
  output.on('data', (chunk: Buffer) => (screen += chunk.toString()));
  const conversation = new LineConversation(
    input as unknown as NodeJS.ReadStream,
    output as unknown as NodeJS.WriteStream,
  );
  return { input, conversation, screen: () => screen };
}

describe('A conversation', () => {
  const { TERM } = process.env;
  afterEach(() => {
    process.env['TERM'] = TERM ?? '';
  });

  it.each(['xterm', 'dumb'])('shows what may be seen and nothing else (%s)', async (kind) => {
    process.env['TERM'] = kind;
    const { input, conversation, screen } = open();
    const name = conversation.ask('Name? ');
    input.write('Ann\r');
    expect(await name).toBe('Ann');
    const secret = conversation.askHidden('Secret? ');
    input.write('xyzz\u007f\u007f \r');
    expect(await secret).toBe('xy ');
    conversation.end();
    expect(screen()).toContain('Ann');
    expect(screen()).not.toMatch(/[xyz]/);
  });

  it('does not offer an earlier answer by the arrow keys', async () => {
    const { input, conversation } = open();
    const first = conversation.askHidden('Secret? ');
    input.write('sesame\r');
    await first;
    const second = conversation.askHidden('Again? ');
    input.write('\u001b[A\r');
    expect(await second).toBe('');
    conversation.end();
  });

  it('keeps lines that come before their question, unseen', async () => {
    const { input, conversation, screen } = open();
    const first = conversation.askHidden('Secret? ');
    input.write('one\rtwo\rthr');
    expect(await first).toBe('one');
    await turn();
    expect(await conversation.askHidden('Again? ')).toBe('two');
    conversation.end();
    expect(screen()).not.toMatch(/one|two|thr/);
  });

  it('fails when there is nobody any more', async () => {
    const { input, conversation } = open();
    const answer = conversation.ask('Name? ');
    input.write('\u0004');
    await expect(answer).rejects.toThrow('Nothing was answered');
  });
});
