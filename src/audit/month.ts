/** A month of UTC, by which the log book is partitioned. */
export class Month {
  private constructor(
    private readonly year: number,
    /** 0 to 11. */
    private readonly month: number,
  ) {}

  static of(time: Date): Month {
    return new Month(time.getUTCFullYear(), time.getUTCMonth());
  }

  /** Undefined: that is not the name of a partition of a month. */
  static ofPartition(name: string): Month | undefined {
    const [, year, month] = /^audit_events_(\d{4})_(\d{2})$/.exec(name) ?? [];
    return year === undefined ? undefined : new Month(Number(year), Number(month) - 1);
  }

  after(months: number): Month {
    const count = this.year * 12 + this.month + months;
    return new Month(Math.floor(count / 12), count % 12);
  }

  get partition(): string {
    return `audit_events_${this.year}_${String(this.month + 1).padStart(2, '0')}`;
  }

  /** Milliseconds since the epoch. */
  get start(): number {
    return Date.UTC(this.year, this.month);
  }

  get end(): number {
    return this.after(1).start;
  }

  /** Before every UUIDv7 of this month, whose first 48 bits are milliseconds (RFC 9562, 5.7). */
  get firstId(): string {
    const time = this.start.toString(16).padStart(12, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
  }
}
