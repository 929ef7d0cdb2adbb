import { settingDefinitions } from './settings.definitions.js';

const WIDTH = 96;

/** The text of `.env.example`: every setting with its meaning and default. A test holds the file to it. */
export function renderEnvExample(): string {
  const head = [
    '# Copy to .env. Everything is optional in development; a line that is commented out shows the',
    '# default, or an example where the default is worked out at start. docs/operating.md says more.',
  ];
  const entries = Object.entries(settingDefinitions).map(([name, definition]) => {
    const shown =
      'fallback' in definition ? String(definition.fallback) : (definition.example ?? '');
    return [...wrap(definition.help), `# ${name}=${quoted(shown)}`].join('\n');
  });
  return [head.join('\n'), ...entries, ''].join('\n\n').replace(/\n\n$/, '\n');
}

/** In a `.env` file a bare `#` begins a comment. */
const quoted = (value: string) => (value.includes('#') ? `"${value}"` : value);

function wrap(sentence: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of sentence.split(' ')) {
    if (line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
