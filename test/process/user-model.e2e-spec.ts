import { execFile } from 'node:child_process';
import {
  cpSync,
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

  it('writes one line and gets a migration of one statement, which compiles and can be taken back', async () => {
    const before = migrations();
    const entity = join(clone, 'src/users/user.entity.ts');
    writeFileSync(entity, readFileSync(entity, 'utf8').replace(/\}\n$/, COLUMN));

    await typeorm('generate', 'AddEmployeeNumber');

    const [made = ''] = migrations().filter((file) => !before.includes(file));
    const text = readFileSync(join(clone, 'src/database/migrations', made), 'utf8');
    const up = text.slice(text.indexOf('up('), text.indexOf('down('));
    expect(up.match(/queryRunner\.query/g)).toHaveLength(1);
    expect(up).toContain('ALTER TABLE "users" ADD "employee_number" character varying(32)');

    await exec(
      process.execPath,
      ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--noEmit'],
      { cwd: clone },
    );
    await typeorm('run');
    const { stdout } = await typeorm('show');
    expect(stdout).toMatch(/\[X\] \d+ AddEmployeeNumber/);
    await typeorm('revert');
    expect((await typeorm('show')).stdout).toMatch(/\[ \] AddEmployeeNumber/);
  }, 120_000);
});
