const FRAMES = ['|', '/', '-', '\\'];

/** Shows on standard error that something long is going on; standard output stays the program's own. */
export async function withProgress(label, work) {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1000);
  const show = process.stderr.isTTY ? spinner(label, seconds) : lines(label, seconds);
  try {
    return await work();
  } finally {
    show.end();
  }
}

function spinner(label, seconds) {
  let turn = 0;
  const draw = () =>
    process.stderr.write(`\r\x1b[K${FRAMES[turn++ % FRAMES.length]} ${label} ${seconds()} s`);
  draw();
  const timer = setInterval(draw, 150);
  const end = () => {
    clearInterval(timer);
    process.stderr.write(`\r\x1b[K${label} ${seconds()} s\n`);
  };
  return { end };
}

function lines(label, seconds) {
  process.stderr.write(`${label}\n`);
  const timer = setInterval(() => process.stderr.write(`  still at it, ${seconds()} s …\n`), 5000);
  return { end: () => clearInterval(timer) };
}
