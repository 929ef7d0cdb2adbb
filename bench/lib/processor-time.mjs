import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

let ticks;

/** Seconds of processor time that a process and those which it has started have taken so far, on Linux. */
export function processorSeconds(pid) {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(statOf);
  const family = new Set([pid]);
  for (let before = 0; before < family.size;) {
    before = family.size;
    for (const each of all) if (family.has(each.parent)) family.add(each.pid);
  }
  const taken = all.filter((each) => family.has(each.pid)).map((each) => each.ticks);
  return taken.reduce((sum, each) => sum + each, 0) / ticks;
}

/** proc(5): after the name in brackets come state, parent, …; the 14th and 15th of all are user and system time. */
function statOf(name) {
  try {
    const text = readFileSync(`/proc/${name}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [
      {
        pid: Number(name),
        parent: Number(fields[1]),
        ticks: Number(fields[11]) + Number(fields[12]),
      },
    ];
  } catch {
    return []; // it has ended meanwhile
  }
}
