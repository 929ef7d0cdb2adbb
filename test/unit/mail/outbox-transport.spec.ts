import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { OutboxTransport } from '../../../src/mail/outbox-transport.js';
import { message, MovableClock } from './support.js';

describe('the outbox', () => {
  let dataDir: string;
  let outbox: string;
  const log = jest.spyOn(Logger.prototype, 'log').mockImplementation();

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-outbox-'));
    outbox = join(dataDir, 'outbox');
    log.mockClear();
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('holds each mail as one JSON file with exactly these fields', async () => {
    const mail = message();
    await new OutboxTransport({ dataDir }, new MovableClock()).send(mail);
    const files = await readdir(outbox);
    expect(files).toEqual([`2026-11-22T20-31-59.123Z-${mail.id}.json`]);
    expect(JSON.parse(await readFile(join(outbox, files[0]!), 'utf8'))).toStrictEqual({
      to: mail.to,
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      sentAt: '2026-11-22T20:31:59.123Z',
    });
  });

  it('is for its owner only, even where the directory was there before', async () => {
    await mkdir(outbox, { mode: 0o755 });
    await new OutboxTransport({ dataDir }, new MovableClock()).send(message());
    const [file] = await readdir(outbox);
    expect((await stat(outbox)).mode & 0o777).toBe(0o700);
    expect((await stat(join(outbox, file!))).mode & 0o777).toBe(0o600);
  });

  it('never shows half a file, and its names sort by time', async () => {
    const clock = new MovableClock();
    const transport = new OutboxTransport({ dataDir }, clock);
    const text = 'x'.repeat(2_000_000);
    const sending = Array.from({ length: 8 }, (_, index) => {
      clock.move(1);
      return transport.send(message({ id: `id-${index}`, text }));
    });
    const watching = new AbortController();
    const sent = Promise.all(sending).finally(() => {
      watching.abort();
    });
    do {
      const files = await readdir(outbox).catch(() => []);
      for (const file of files.filter((name) => name.endsWith('.json'))) {
        const content = await readFile(join(outbox, file), 'utf8');
        expect(JSON.parse(content)).toMatchObject({ text });
      }
    } while (!watching.signal.aborted);
    await sent;
    const ids = (await readdir(outbox)).sort().map((name) => /id-\d/.exec(name)?.[0]);
    expect(ids).toEqual(Array.from({ length: 8 }, (_, index) => `id-${index}`));
  });

  it('tells of each mail on the console, without its content', async () => {
    await new OutboxTransport({ dataDir }, new MovableClock()).send(message());
    expect(log).toHaveBeenCalledTimes(1);
    expect(log.mock.calls[0]![0]).toMatch(
      /^Mail to ann@example\.com: "Confirm your e-mail address" → \S+\/outbox\/\S+\.json$/,
    );
  });

  it('refuses what could not be sent as a mail', async () => {
    const transport = new OutboxTransport({ dataDir }, new MovableClock());
    await expect(transport.send(message({ to: 'a@x.test\nBcc: b@x.test' }))).rejects.toThrow();
    expect(await readdir(dataDir)).toEqual([]);
  });
});
