/**
 * In CI a story that fails is told once more: hundreds of them share two cores and a database. The first failure is
 * printed, so that it can be looked into.
 */
if (process.env['CI'] === 'true') jest.retryTimes(1, { logErrorsBeforeRetry: true });
