/** Milliseconds that such an answer takes at least: longer than the work does where there is somebody to write to. */
const SAME_TIME = 100;

/** Does it, and never answers so soon that the time tells whether there was anything to do. */
export async function inTheSameTime<T>(work: Promise<T>): Promise<T> {
  const pause = new Promise((resolve) => setTimeout(resolve, SAME_TIME));
  const [outcome] = await Promise.allSettled([work, pause]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
