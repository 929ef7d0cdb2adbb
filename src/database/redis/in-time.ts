/**
 * The answer, or a rejection after so many milliseconds. An answer that is there by then is read first: in a busy
 * process timers may run before what has arrived is looked at, and it is looked at before an immediate runs.
 */
export async function inTime<T>(answer: Promise<T>, millis: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      setImmediate(() => {
        reject(new Error('it does not answer'));
      });
    }, millis);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
