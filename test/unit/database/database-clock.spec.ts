import { DatabaseClock } from '../../../src/database/news/database-clock.js';

describe("The database's clock, as a node knows it", () => {
  let ticks: number;
  let wall: number;
  let clock: DatabaseClock;

  beforeEach(() => {
    [ticks, wall] = [500, 7000];
    clock = new DatabaseClock(
      () => ticks,
      () => wall,
    );
  });

  const pass = (millis: number) => {
    ticks += millis;
    wall += millis;
  };
  /** It is asked, shows that time at some moment of the way, and the answer is there so much later. */
  const ask = (shown: number, way = 0) => {
    const mark = clock.mark();
    pass(way);
    clock.learn(shown, mark);
  };

  it('is unknown before it was asked', () => {
    expect(clock.latest).toBeUndefined();
  });

  it('goes on as time passes, whatever the clock of the node shows', () => {
    ask(1_000_000);
    pass(300);
    expect(clock.latest).toBe(1_000_300);
  });

  it('may have been asked at the very beginning of a long way', () => {
    ask(1_000_000, 400);
    expect(clock.latest).toBe(1_000_400);
    ask(1_000_700, 0); // the next answer knows better
    expect(clock.latest).toBe(1_000_700);
  });

  it('is not believed when it was set back, but for a thousandth of the time that passes', () => {
    ask(1_000_000);
    pass(1000);
    ask(990_000);
    expect(clock.latest).toBe(1_000_999);
    pass(1000);
    ask(991_000);
    expect(clock.latest).toBe(1_001_998);
  });

  it('is followed at once when it was set forward', () => {
    ask(1_000_000);
    ask(2_000_000);
    expect(clock.latest).toBe(2_000_000);
  });

  it('has gone on while the machine slept, and is not ahead for long when the node was set forward', () => {
    ask(1_000_000);
    wall += 60_000;
    expect(clock.latest).toBe(1_060_000);
    ask(1_000_010);
    expect(clock.latest).toBe(1_000_010);
  });

  it('is as far from that of the node as is certain, however long the answer took', () => {
    expect(clock.ahead).toBeUndefined();
    ask(7000 - 600_000, 400);
    expect(clock.ahead).toBe(600_000);
    ask(wall + 600_000, 400);
    expect(clock.ahead).toBe(-599_600);
    ask(wall + 300, 400);
    expect(clock.ahead).toBe(0);
  });
});
