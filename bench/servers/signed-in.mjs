// The server, with one more public route whose answer is as long as that of GET /v1/users/me, and somebody
// signed in by cookie and by token, who has an API key too, whose credentials are printed as JSON.
import { Controller, Get, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Public } from '../../dist/access/access.decorators.js';
import { ApiKeysService } from '../../dist/api-keys/api-keys.service.js';
import { closeApp, createApp } from '../../dist/app.js';
import { AppLogger } from '../../dist/common/logger.js';
import { readSettings } from '../../dist/config/settings.js';
import { AccessTokensService } from '../../dist/sessions/access-tokens.service.js';
import { SessionsService } from '../../dist/sessions/sessions.service.js';
import { UserDto } from '../../dist/users/user.dto.js';
import { UsersService } from '../../dist/users/users.service.js';

let answer;
class ConstantController {
  read() {
    return answer;
  }
}
const read = Object.getOwnPropertyDescriptor(ConstantController.prototype, 'read');
Get()(ConstantController.prototype, 'read', read);
Public()(ConstantController.prototype, 'read', read);
Controller('v1/constant')(ConstantController);
class ConstantModule {}
Module({ controllers: [ConstantController] })(ConstantModule);

const settings = readSettings(process.env);
const logger = new AppLogger({ level: settings.logLevel, format: 'json' });
const app = await createApp({
  settings,
  databaseUrl: settings.databaseUrl,
  logger,
  imports: [ConstantModule],
});
const find = (type) => app.get(type, { strict: false });
const given = { email: 'ann@example.com', passwordHash: null, emailVerified: true };
const { id } = await find(DataSource).transaction((m) => find(UsersService).create(m, given));
const user = await find(UsersService).get(id);
const device = { ip: null, userAgent: null, name: null, refreshTransport: 'body' };
const open = (transport) =>
  find(SessionsService).open(user, { methods: ['pwd'] }, { ...device, transport });
const [byCookie, byToken] = [await open('cookie'), await open('token')];
answer = { ...UserDto.of(user) };
const { key } = await find(DataSource).transaction((manager) =>
  find(ApiKeysService).issue(manager, {
    ownerId: id,
    name: 'bench',
    allowedIps: [],
    rateLimit: null,
    startsAt: null,
    expiresAt: new Date(Date.now() + 86_400_000),
    rotatedFrom: null,
    createdBy: id,
  }),
);

await app.listen(settings.port, '127.0.0.1');
process.send({
  cookie: `session=${byCookie.secret.reveal()}`,
  authorization: `Bearer ${find(AccessTokensService).issue(byToken.row).token}`,
  key: key.reveal(),
  answer,
  bytes: JSON.stringify(answer).length,
});
process.on('SIGTERM', () => closeApp(app, settings).then(() => process.exit(0)));
