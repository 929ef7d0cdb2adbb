import { rmSync } from 'node:fs';
import { Complaint } from './complain.mjs';
import { withLock } from './lock.mjs';
import { at } from './places.mjs';
import { withProgress } from './progress.mjs';
import { listen } from './run.mjs';
import { contents, isBuilt, outline, writeStamp } from './sources.mjs';

export const nest = at('node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

/** Builds dist unless it is what the sources say. An interrupted build has no stamp and is done again. */
export async function ensureBuilt() {
  if (isBuilt()) return;
  await withLock(async (onStart) => {
    for (let attempt = 0; attempt < 3 && !isBuilt(); attempt++) await build(onStart);
  });
}

async function build(onStart) {
  const before = outline();
  const hash = contents(before);
  rmSync(at('dist', '.gatehouse-build'), { force: true });
  const { code, interrupted, said } = await withProgress('Building …', () =>
    listen(process.execPath, [nest, 'build'], { cwd: at(), onStart }),
  );
  if (interrupted) throw new Complaint('Interrupted; the next start builds again.', interrupted);
  if (code !== 0) throw new Complaint(`${said.trim()}\n\nThe build failed for the reasons above.`);
  // Should a file have changed meanwhile, the stamp does not fit and the next look builds again.
  writeStamp({ outline: before, contents: hash });
}
