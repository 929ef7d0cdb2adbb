import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { run, withDatabase } from '../support/test-database.js';

const exec = promisify(execFile);
const url = process.env['DATABASE_URL'] ?? '';
const COLUMN =
  "  @Column('varchar', { length: 32, nullable: true }) employeeNumber!: string | null;\n}\n";

const FIELD =
  "@LineOfText({ description: 'Number.', example: 'E-17', max: 32, optional: true, nullable: true })\n employeeNumber?: string | null;";
const SHOWN =
  "@ApiProperty({ type: String, nullable: true, example: 'E-17' }) employeeNumber!: string | null;";

describe('A team that adds a column to its user model', () => {
  let clone: string;
  const database = withDatabase(url, `model_${process.env['JEST_WORKER_ID'] ?? '1'}`);
  const name = database.slice(database.lastIndexOf('/') + 1);

  beforeAll(async () => {
    await run(url, [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]);
    clone = mkdtempSync(join(tmpdir(), 'gatehouse-clone-'));
    const files = ['src', 'scripts', 'ormconfig.ts', 'package.json', 'package-lock.json'];
    const settings = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', '.prettierrc.json'];
    for (const file of [...files, ...settings]) {
      cpSync(file, join(clone, file), { recursive: true });
    }
    symlinkSync(join(process.cwd(), 'node_modules'), join(clone, 'node_modules'));
  });
  afterAll(async () => {
    rmSync(clone, { recursive: true, force: true });
    await run(url, [`DROP DATABASE ${name}`]);
  });

  const typeorm = (...words: string[]) =>
    exec(process.execPath, ['scripts/gatehouse.mjs', 'migration', ...words], {
      cwd: clone,
      env: { ...process.env, DATABASE_URL: database, NODE_OPTIONS: '' },
    });

  const migrations = () => readdirSync(join(clone, 'src/database/migrations')).sort();

  it('writes one line and gets a migration of one statement, which can be taken back', async () => {
    const before = migrations();
    const entity = join(clone, 'src/users/user.entity.ts');
    writeFileSync(entity, readFileSync(entity, 'utf8').replace(/\}\n$/, COLUMN));

    await typeorm('generate', 'AddEmployeeNumber');

    const [made = ''] = migrations().filter((file) => !before.includes(file));
    expect(
      migrations()
        .filter((file) => /^\d/.test(file))
        .at(-1),
    ).toBe(made); // after all others
    const text = readFileSync(join(clone, 'src/database/migrations', made), 'utf8');
    const up = text.slice(text.indexOf('up('), text.indexOf('down('));
    expect(up.match(/queryRunner\.query/g)).toHaveLength(1);
    expect(up).toContain('ALTER TABLE "users" ADD "employee_number" character varying(32)');

    await typeorm('run');
    expect((await typeorm('generate', 'Again')).stdout).toContain('Nothing to generate');
    const { stdout } = await typeorm('revert');
    expect(stdout).toContain('AddEmployeeNumber');
  }, 120_000);

  it('lets users see and set it, and adds modules of its own, as the guides say', async () => {
    const dto = join(clone, 'src/users/user.dto.ts');
    const text = readFileSync(dto, 'utf8')
      .replace('import { ApiProperty }', `import { LineOfText } from '../common/fields.js';\n$&`)
      .replace('export class ProfileDto {', `$&\n${FIELD}`)
      .replace('export class UserDto {', `$&\n${SHOWN}`)
      .replace('email: user.email,', '$& employeeNumber: user.employeeNumber,');
    writeFileSync(dto, text);
    writeRoom(join(clone, 'src'), 'notes', 'your-own-module');
    writeRoom(join(clone, 'src'), 'library', 'protect-your-resource');
    const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noEmit'];
    await expect(exec(process.execPath, tsc, { cwd: clone })).resolves.toBeDefined();
  }, 120_000);
});

/** The files of a guide, as they stand there, below this room. */
function writeRoom(src: string, room: string, guide: string): void {
  const text = readFileSync(`docs/${guide}.md`, 'utf8').replace(/^ {3}/gm, '');
  const blocks = [...text.matchAll(/```ts\n\/\/ src\/(\w+\/\S+)\n([\s\S]*?)```/g)];
  expect(blocks.length).toBe([...text.matchAll(/```ts\n/g)].length);
  expect(blocks.length).toBeGreaterThanOrEqual(5);
  mkdirSync(join(src, room));
  for (const [, file = '', code = ''] of blocks) writeFileSync(join(src, file), code);
}
