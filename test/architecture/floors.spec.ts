import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

const floors = JSON.parse(readFileSync('floors.json', 'utf8')) as string[][];
const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
const rooms = readdirSync('src', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'cli')
  .map(({ name }) => name);

/** Every import from one room into another, or onto the roof. */
function importsOf(room: string): { from: string; room: string; to: string }[] {
  return readdirSync(join('src', room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const path = join('src', room, file);
      const targets = [...readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)];
      return targets.map(([, target = '']) => {
        const [to = ''] = relative('src', resolve(path, '..', target)).split(sep);
        return { from: path, room, to };
      });
    })
    .filter(({ to }) => to !== room);
}

describe('The floors of the house', () => {
  it('have a place for every room', () => {
    expect(rooms.filter((room) => floorOf(room) < 0)).toEqual([]);
  });

  it.each(rooms)('%s imports only from floors below its own', (room) => {
    const wrong = importsOf(room).filter(({ to }) => {
      const below = floorOf(to);
      return below < 0 || below >= floorOf(room);
    });
    expect(wrong).toEqual([]);
  });
});
