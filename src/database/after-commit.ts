import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

type Work = () => void;

/** What waits for each transaction. */
class CommitSubscriber implements EntitySubscriberInterface {
  readonly waiting = new WeakMap<QueryRunner, Work[]>();

  afterTransactionCommit({ queryRunner }: { queryRunner: QueryRunner }): void {
    if (queryRunner.isTransactionActive) return; // a savepoint inside of the transaction
    for (const work of this.take(queryRunner)) work();
  }

  afterTransactionRollback({ queryRunner }: { queryRunner: QueryRunner }): void {
    if (!queryRunner.isTransactionActive) this.take(queryRunner);
  }

  private take(queryRunner: QueryRunner): Work[] {
    const work = this.waiting.get(queryRunner) ?? [];
    this.waiting.delete(queryRunner);
    return work;
  }
}

const subscribers = new WeakMap<DataSource, CommitSubscriber>();

/** Runs when the transaction of this manager has committed, before its caller goes on; never if it rolls back. */
export function afterCommit({ queryRunner, dataSource }: EntityManager, work: Work): void {
  if (!queryRunner?.isTransactionActive) throw new Error('There is no transaction to wait for');
  let subscriber = subscribers.get(dataSource);
  if (subscriber === undefined) {
    subscriber = new CommitSubscriber();
    dataSource.subscribers.push(subscriber);
    subscribers.set(dataSource, subscriber);
  }
  const waiting = subscriber.waiting.get(queryRunner) ?? [];
  subscriber.waiting.set(queryRunner, [...waiting, work]);
}
