import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pinned } from './load.mjs';

/** A generator on core 1 (see generator.mjs); `run` says what came of a task, and fails unless all was answered so. */
export function generatorOf(port, requests) {
  const [program, ...args] = pinned(1, [process.execPath]);
  const child = fork('bench/lib/generator.mjs', [`${port}`], {
    execPath: program,
    execArgv: args,
  });
  child.send(requests);
  return {
    run: async (task, expected = 200) => {
      child.send(task);
      const [result] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
      if (typeof result !== 'object') throw new Error('The generator ended');
      const others = Object.keys(result.statuses).filter((status) => status !== `${expected}`);
      if (others.length > 0 || result.answered === 0)
        throw new Error(`The server answered ${JSON.stringify(result.statuses)}`);
      return result;
    },
    stop: () => child.connected && child.disconnect(),
  };
}
