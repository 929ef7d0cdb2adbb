import type { PermissionListDto } from '../../src/admin/permissions/permission.dto.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { permissionPermissions } from '../../src/permissions/catalogue/permission.entity.js';
import { clerk } from '../support/office.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('The catalogue of permissions', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp();
  });
  afterAll(() => test.close());

  it('is for whoever may view it', async () => {
    const ann = await clerk(test);
    expectProblem(await ann.office.get('/v1/permissions'), 403, 'permission_denied');
  });

  it('has every permission that the code defines, with what it is about', async () => {
    const ann = await clerk(test, [permissionPermissions.view]);
    const { body } = await ann.office.get<PermissionListDto>('/v1/permissions');
    const about = { resource: 'catalog.product', stale: false, requiresTwoFactor: false };
    expect(body.items.filter(({ resource }) => resource === 'catalog.product')).toEqual(
      Object.entries(products)
        .map(([action, name]) => ({ name, action, ...about }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
    expect(body.nextCursor).toBeNull();
  });

  it('marks those that no code defines any more', async () => {
    const ann = await clerk(test, [permissionPermissions.view]);
    const row = { name: 'attic.burn_old_letter', resource: 'attic.old_letter' };
    await test.database.query('INSERT INTO permissions (name, resource) VALUES ($1, $2)', [
      row.name,
      row.resource,
    ]);
    const { body } = await ann.office.get<PermissionListDto>('/v1/permissions');
    await test.database.query('DELETE FROM permissions WHERE name = $1', [row.name]);
    const stale = body.items.filter((item) => item.stale);
    expect(stale).toContainEqual({ ...row, action: 'burn', stale: true, requiresTwoFactor: false });
    expect(stale.map(({ resource }) => resource)).not.toContain('catalog.product');
  });
});
