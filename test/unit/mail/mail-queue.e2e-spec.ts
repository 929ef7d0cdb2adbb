import { KeyRing } from '../../../src/config/key-ring.js';
import { LEASE } from '../../../src/mail/retry.js';
import { addresses, deliver, mailTo, PostOffice, TOKEN } from './post-office.js';
import { FakeTransport } from './support.js';

describe('the mail queue', () => {
  const office = PostOffice.open();

  describe('belongs to the transaction:', () => {
    it('nothing is sent for a change that is rolled back', async () => {
      const node = office.node();
      const change = office.database.transaction(async (manager) => {
        await node.mailer.enqueue(manager, mailTo('ann@example.com'));
        throw new Error('rolled back');
      });
      await expect(change).rejects.toThrow('rolled back');
      await deliver(node);
      expect(office.recipients()).toEqual([]);
    });

    it('nothing is sent before the commit, and one mail after it', async () => {
      const node = office.node();
      await office.database.transaction(async (manager) => {
        await node.mailer.enqueue(manager, mailTo('ann@example.com'));
        await deliver(node);
        expect(office.recipients()).toEqual([]);
      });
      await deliver(node);
      await deliver(node);
      expect(office.recipients()).toEqual(['ann@example.com']);
      expect(office.transport.sent[0]!.subject).toBe('Confirm your e-mail address');
      expect(office.transport.sent[0]!.text).toContain(TOKEN);
      expect(await office.rows()).toEqual([]);
    });

    it.each(['ann@example.com\nBcc: b@x.test', 'Ann <ann@example.com>', ''])(
      'an unsafe address (%j) fails the change',
      async (to) => {
        await expect(office.commit(to)).rejects.toThrow('not one bare e-mail address');
        expect(await office.rows()).toEqual([]);
      },
    );
  });

  describe('is sealed:', () => {
    it('a row shows nothing of its mail, and its bytes are worth nothing in another row', async () => {
      await office.commit('ann@example.com', 'bob@example.com');
      const [first, second] = await office.rows();
      const all = JSON.stringify(await office.database.query('SELECT * FROM mail_queue'));
      const bytes = Buffer.concat([first!.payload, second!.payload]);
      for (const secret of [TOKEN, 'ann@example.com', 'verify-email']) {
        expect(bytes.includes(secret)).toBe(false);
        expect(all).not.toContain(secret);
      }
      const { queue } = office.node();
      expect(queue.open(first!).to).toMatch(/^(ann|bob)@/);
      const swapped = Object.assign(first!, { payload: second!.payload });
      expect(() => queue.open(swapped)).toThrow('cannot be read');
    });

    it('what this node has no key for waits for a node that has', async () => {
      await office.commit('ann@example.com');
      await deliver(office.node({ keys: new KeyRing([Buffer.alloc(32, 7)]) }));
      expect(office.recipients()).toEqual([]);
      office.clock.move(5);
      await deliver(office.node());
      expect(office.recipients()).toEqual(['ann@example.com']);
    });
  });

  describe('sends each mail once:', () => {
    it('two nodes, 50 mails', async () => {
      await office.commit(...addresses(50));
      await Promise.all([deliver(office.node()), deliver(office.node())]);
      expect(office.recipients()).toEqual(addresses(50).sort());
      expect(new Set(office.transport.sent.map(({ id }) => id)).size).toBe(50);
      expect(await office.rows()).toEqual([]);
    });

    it('a storm of wakes, and no more than four mails at once', async () => {
      const node = office.node();
      let underWay = 0;
      let open: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      office.transport.answer = () => {
        underWay += 1;
        return gate;
      };
      const storm = async () => {
        for (let count = 0; count < 50; count += 1) {
          node.mailer.wake();
          await office.rows();
        }
      };
      await office.commit(...addresses(20));
      await storm();
      while (underWay < 4) await storm();
      await storm();
      expect(underWay).toBe(4);
      open();
      await node.postman.idle();
      expect(office.recipients()).toEqual(addresses(20).sort());
    });

    it('one that is committed after every carrier has looked is not forgotten', async () => {
      const { mailer, postman, queue } = office.node();
      let open: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      let looked = 0;
      const claim = queue.claim.bind(queue);
      const looking = jest.spyOn(queue, 'claim').mockImplementation(async () => {
        const found = await claim();
        looked += 1;
        await gate;
        return found;
      });
      for (let count = 0; count < 4; count += 1) mailer.wake();
      while (looked < 4) await office.rows();
      await office.commit('ann@example.com');
      mailer.wake();
      expect(looking).toHaveBeenCalledTimes(4);
      open();
      await postman.idle();
      expect(office.recipients()).toEqual(['ann@example.com']);
    });

    it('nothing, where there is nobody to write to', async () => {
      const node = office.node();
      await office.database.transaction((manager) => node.mailer.enqueueNothing(manager));
      await deliver(node);
      expect(office.transport.sent).toEqual([]);
      expect(await office.rows()).toEqual([]);
    });

    it('what was left behind is taken up at the start', async () => {
      await office.commit('ann@example.com');
      const { postman } = office.node();
      postman.onApplicationBootstrap();
      await postman.idle();
      expect(office.recipients()).toEqual(['ann@example.com']);
    });
  });

  describe('outlives a node:', () => {
    it('what a dead node took out is sent after the lease, under the same id', async () => {
      const stuck = new FakeTransport();
      const ids: string[] = [];
      const taken = new Promise<void>((resolve) => {
        stuck.answer = ({ id }) => {
          ids.push(id);
          resolve();
          return new Promise(() => undefined);
        };
      });
      const [dead, alive] = [office.node({ transport: stuck }), office.node()];
      await office.commit('ann@example.com');
      dead.mailer.wake();
      await taken;
      await deliver(alive);
      office.clock.move(LEASE - 1);
      await deliver(alive);
      expect(office.recipients()).toEqual([]);
      office.clock.move(1);
      await deliver(alive);
      expect(office.transport.sent.map(({ id }) => id)).toEqual(ids);
      expect(await office.rows()).toEqual([]);
    });

    it('one that comes back late does not touch what another has taken out', async () => {
      const { queue } = office.node();
      await office.commit('ann@example.com');
      const late = await queue.claim();
      office.clock.move(LEASE);
      const current = await queue.claim();
      expect(current).toMatchObject({ id: late!.id, attempts: 2 });
      await queue.postpone(late!, 0);
      await queue.giveUp(late!);
      expect(await queue.claim()).toBeUndefined();
      expect(await office.rows()).toMatchObject([{ attempts: 2, failedAt: null }]);
    });
  });
});
