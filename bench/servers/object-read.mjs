// The server, with one more route that reads a product and asks nobody who calls, and somebody who was granted the
// product, whose credentials are printed as JSON, as are those of somebody who was not.
import { Controller, Get, Module, Param } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Public } from '../../dist/access/access.decorators.js';
import { closeApp, createApp } from '../../dist/app.js';
import { ProductDto } from '../../dist/catalog/products/product.dto.js';
import { products } from '../../dist/catalog/products/product.entity.js';
import { ProductsService } from '../../dist/catalog/products/products.service.js';
import { AppLogger } from '../../dist/common/logger.js';
import { readSettings } from '../../dist/config/settings.js';
import { RightsService } from '../../dist/permissions/holding/rights.service.js';
import { AccessTokensService } from '../../dist/sessions/access-tokens.service.js';
import { SessionsService } from '../../dist/sessions/sessions.service.js';
import { UserDto } from '../../dist/users/user.dto.js';
import { UsersService } from '../../dist/users/users.service.js';

let service;
class OpenController {
  async read(id) {
    return ProductDto.of(await service.get(id));
  }
}
const read = Object.getOwnPropertyDescriptor(OpenController.prototype, 'read');
Get(':id')(OpenController.prototype, 'read', read);
Public()(OpenController.prototype, 'read', read);
Param('id')(OpenController.prototype, 'read', 0);
Controller('v1/open')(OpenController);
class OpenModule {}
Module({ controllers: [OpenController] })(OpenModule);

const settings = readSettings(process.env);
const logger = new AppLogger({ level: settings.logLevel, format: 'json' });
const app = await createApp({
  settings,
  databaseUrl: settings.databaseUrl,
  logger,
  imports: [OpenModule],
});
const find = (type) => app.get(type, { strict: false });
service = find(ProductsService);
const dataSource = find(DataSource);
const someone = (email) =>
  dataSource.transaction((manager) =>
    find(UsersService).create(manager, { email, passwordHash: null, emailVerified: true }),
  );
const [maker, reader, other] = [
  await someone('ann@example.com'),
  await someone('bob@example.com'),
  await someone('eve@example.com'),
];
const given = { name: 'A tram', description: 'It runs.', price: 100, currency: 'EUR' };
const product = await service.create({ user: maker }, given);
await dataSource.transaction((manager) =>
  find(RightsService).grant(manager, { type: 'user', id: reader.id }, products.view, product.id),
);
const device = { ip: null, userAgent: null, name: null, refreshTransport: 'body' };
const credentials = async ({ id }) => {
  const user = await find(UsersService).get(id);
  const open = (transport) =>
    find(SessionsService).open(user, { methods: ['pwd'] }, { ...device, transport });
  const [byCookie, byToken] = [await open('cookie'), await open('token')];
  return {
    cookie: `session=${byCookie.secret.reveal()}`,
    authorization: `Bearer ${find(AccessTokensService).issue(byToken.row).token}`,
  };
};

await app.listen(settings.port, '127.0.0.1');
process.send({
  product: ProductDto.of(product),
  me: { ...UserDto.of(await find(UsersService).get(reader.id)) },
  ...(await credentials(reader)),
  stranger: await credentials(other),
});
process.on('SIGTERM', () => closeApp(app, settings).then(() => process.exit(0)));
