// Each worker has a database of its own.
process.env['DATABASE_URL'] =
  `${process.env['TEST_DATABASE'] ?? ''}${process.env['JEST_WORKER_ID'] ?? '1'}`;
