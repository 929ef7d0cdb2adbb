import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { KeyRing } from '../config/key-ring.js';
import { Settings } from '../config/settings.js';
import { AddressLimits } from './address-limits.service.js';
import type { Attempt } from './attempt.js';
import * as statements from './guess-statements.js';
import type { Quota } from './quota.js';
import { TooManyAttempts } from './rate-limits.errors.js';
import { waits } from './waits.js';

/** Somebody who is about to guess: a password, a code, whatever opens the account. */
export interface Guess {
  /** The canonical address of the account, whether or not there is one. */
  readonly account: string;
  readonly caller: Pick<Caller, 'ip'>;
  /** Proved by a session, or by a device that signed in to this very account before. */
  readonly known?: boolean;
}

/** Of an account in the table: by the newest key, and by all of them. */
interface Names {
  readonly key: Buffer;
  readonly all: readonly Buffer[];
}

interface Paid {
  readonly spent: boolean;
  /** Null: no wait ends it. */
  readonly wait_until: Date | null;
  readonly known_wait_until: Date | null;
}

/** NIST SP 800-63B-4, 3.2.2: at most 100 failures in a row. Ten of them are kept for devices of the owner. */
const MOST = 90;
const MOST_KNOWN = 10;
/** Seconds after which failures are forgotten: a month, and a year once waiting has begun. */
const FORGET = 2_592_000;
const FORGET_WAITING = 31_622_400;
/** Seconds that are named where no wait helps. */
const LONGEST = 3600;
const KEY_BYTES = 16;
const PURPOSE = 'guesses';

/**
 * Holds off those who guess. An attempt is paid for before anything is tested, so that of 200 at once no more are
 * tested than may be; all ways to guess draw on one budget of the account, and all nodes on one row. Strangers share
 * that budget, and an address has one for all accounts; devices of the owner have one that strangers cannot use up.
 */
@Injectable()
export class GuessingBudget {
  readonly #waits: readonly number[];
  readonly #knownWaits: readonly number[];
  /** Failures that an address may have, whichever accounts they are for. */
  readonly perAddress: Quota;

  constructor(
    private readonly dataSource: DataSource,
    private readonly addresses: AddressLimits,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    { limits: { failuresPerAccount, failuresPerAddress, window } }: Settings,
  ) {
    const patience = { free: failuresPerAccount, first: window };
    this.#waits = waits({ ...patience, most: MOST });
    this.#knownWaits = waits({ ...patience, most: MOST_KNOWN });
    this.perAddress = { name: 'failures', limit: failuresPerAddress, window };
  }

  /** Pays for one attempt. @throws TooManyAttempts, and then nothing may be tested */
  async spend(guess: Guess): Promise<Attempt> {
    const names = this.namesOf(guess.account);
    await this.carryOver(names);
    const known = guess.known ? await this.spendKnown(names, guess) : undefined;
    return known ?? this.spendAsStranger(names, guess);
  }

  /** Without asking the database. @throws TooManyAttempts where this node knows that the address has failed enough */
  refuseFull(caller: Pick<Caller, 'ip'>): void {
    this.addresses.refuseFull(this.perAddress, caller);
  }

  /** It was the owner, all the way, in more steps than one: what was counted on her side is forgotten. */
  async succeeded({ account, known }: Pick<Guess, 'account' | 'known'>): Promise<void> {
    const { all } = this.namesOf(account);
    const given = [all, this.clock.now()];
    if (known) await this.dataSource.query(statements.SUCCEED_KNOWN, [...given, this.#waits]);
    else await this.dataSource.query(statements.SUCCEED, given);
  }

  /** Whoever holds the mailbox has proved it: nothing is held against the account any more. */
  async forgive(account: string, manager: EntityManager = this.dataSource.manager): Promise<void> {
    await manager.query(statements.FORGIVE, [this.namesOf(account).all]);
  }

  private async carryOver({ key, all }: Names): Promise<void> {
    if (all.length > 1) await this.dataSource.query(statements.CARRY_OVER, [key, all.slice(1)]);
  }

  private async spendAsStranger({ key }: Names, { account, caller }: Guess): Promise<Attempt> {
    this.refuseFull(caller);
    const { spent, wait_until: until } = await this.pay(statements.SPEND, key);
    if (!spent) throw this.refusal(until);
    const takeBack = async () => {
      const given = [key, this.clock.now(), this.#waits, until];
      await this.dataSource.query(statements.TAKE_BACK, given);
    };
    // What is not tried for the account's sake is none of the address's failures.
    const counted = await this.addresses.count(this.perAddress, caller);
    if (!counted.allowed) {
      await takeBack();
      throw new TooManyAttempts({ retryAfter: counted.secondsLeft });
    }
    return {
      standing: counted,
      succeeded: async () => {
        await this.succeeded({ account });
        await this.addresses.takeBack(counted);
      },
      takeBack: async () => {
        await takeBack();
        await this.addresses.takeBack(counted);
      },
    };
  }

  /** Undefined: known devices have failed so often that they are strangers by now. */
  private async spendKnown({ key }: Names, { account }: Guess): Promise<Attempt | undefined> {
    const paid = await this.pay(statements.SPEND_KNOWN, key, this.#knownWaits);
    const { spent, wait_until, known_wait_until } = paid;
    if (!spent && known_wait_until === null) return undefined;
    if (!spent) throw this.refusal(known_wait_until);
    return {
      standing: undefined,
      succeeded: () => this.succeeded({ account, known: true }),
      takeBack: async () => {
        const began = [wait_until, known_wait_until];
        const given = [key, this.clock.now(), this.#waits, ...began, this.#knownWaits];
        await this.dataSource.query(statements.TAKE_BACK_KNOWN, given);
      },
    };
  }

  private async pay(statement: string, key: Buffer, ...more: readonly unknown[]): Promise<Paid> {
    const until = [this.clock.in(FORGET), this.clock.in(FORGET_WAITING)];
    const given = [key, this.clock.now(), this.#waits, ...until, ...more];
    const [row] = await this.dataSource.query<Paid[]>(statement, given);
    // No row at all: the first of others made it while this statement waited.
    const soon = this.clock.in(1);
    return row ?? { spent: false, wait_until: soon, known_wait_until: soon };
  }

  private refusal(until: Date | null): TooManyAttempts {
    const left = until === null ? LONGEST * 1000 : until.getTime() - this.clock.millis();
    return new TooManyAttempts({ retryAfter: Math.max(1, Math.ceil(left / 1000)) });
  }

  /** Which account it is can be told from the row by nobody who lacks `SECRET_KEYS`. */
  private namesOf(account: string): Names {
    const macs = [this.ring.mac(PURPOSE, account), ...this.ring.olderMacs(PURPOSE, account)];
    const all = macs.map((mac) => mac.subarray(0, KEY_BYTES));
    const [key = Buffer.alloc(0)] = all;
    return { key, all };
  }
}
