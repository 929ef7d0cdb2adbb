// The first thing a stranger runs: `npm start` on a fresh clone. It needs Node and nothing else, installs and
// builds what is missing or stale, and then hands over to the program that was asked for.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Gatehouse needs Node.js 20.19 or newer, and this is ${process.version}. Get it from https://nodejs.org.`,
  );
  process.exit(1);
}

const { commands } = await import('./lib/commands.mjs');
const { complain } = await import('./lib/complain.mjs');

const [name = '', ...words] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  const known = Object.keys(commands).join('|');
  console.error(`Usage: node scripts/gatehouse.mjs ${known} …`);
  process.exit(2);
}
try {
  await command(words);
} catch (error) {
  complain(error);
}
