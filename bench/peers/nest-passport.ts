// NestJS as its own documentation has it (docs.nestjs.com: "Passport", "Database", "Performance (Fastify)"): @nestjs/jwt
// signs with HS256, the strategy of passport-jwt loads the user with TypeORM at each request, and the route answers
// with it. Production settings: on Fastify, NODE_ENV=production, `synchronize` off once the table is there, the pool as
// pg has it (10 connections), security headers (docs: "Helmet"). No request is logged, since NestJS does not by itself. The secret is a text, as there: jsonwebtoken
// tries at each request whether it is a public key, which is a good part of what this costs.
import 'reflect-metadata';
import { Controller, Get, Injectable, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Column, DataSource, Entity, PrimaryColumn, Repository } from 'typeorm';
// @ts-expect-error: plain JavaScript, which every peer on Fastify shares
import * as shared from './serve.mjs';

const { me, report, sendSecurityHeaders } = shared as {
  me: User;
  report: (close: () => Promise<void>, ways: unknown[]) => void;
  sendSecurityHeaders: (app: unknown) => void;
};
const SECRET = 'at least as long as the hash is: 32 bytes';

@Entity('users')
class User {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('varchar', { unique: true })
  email!: string;

  @Column('boolean')
  emailVerified!: boolean;

  @Column('varchar')
  firstName!: string;

  @Column('varchar')
  lastName!: string;

  @Column('varchar', { nullable: true })
  locale!: string | null;

  @Column('varchar', { nullable: true })
  phoneNumber!: string | null;

  @Column('varchar', { nullable: true })
  organization!: string | null;

  @Column('varchar', { nullable: true })
  timezone!: string | null;

  @Column('boolean')
  isStaff!: boolean;

  @Column('boolean')
  isSuperuser!: boolean;

  @Column('timestamptz')
  createdAt!: Date;
}

@Injectable()
class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  findOne(id: string): Promise<User | null> {
    return this.users.findOneBy({ id });
  }
}

@Injectable()
class JwtStrategy extends PassportStrategy(Strategy) {
  constructor(private readonly users: UsersService) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      ignoreExpiration: false,
      secretOrKey: SECRET,
    });
  }

  /** Nobody: Passport refuses. */
  validate(payload: { sub: string }): Promise<User | null> {
    return this.users.findOne(payload.sub);
  }
}

@Controller()
class ProfileController {
  @UseGuards(AuthGuard('jwt'))
  @Get('me')
  read(@Req() request: { user: User }): User {
    return request.user;
  }

  @Get('health/live')
  live(): { status: string } {
    return { status: 'live' };
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env['DATABASE_URL']!,
      entities: [User],
      synchronize: false,
    }),
    TypeOrmModule.forFeature([User]),
    PassportModule,
    JwtModule.register({ secret: SECRET, signOptions: { expiresIn: '1h' } }),
  ],
  providers: [UsersService, JwtStrategy],
  controllers: [ProfileController],
})
class AppModule {}

const adapter = new FastifyAdapter();
sendSecurityHeaders(adapter.getInstance());
const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { logger: false });
const dataSource = app.get(DataSource);
await dataSource.synchronize();
await dataSource.getRepository(User).save(me);
await app.listen(Number(process.env['PORT']), '127.0.0.1');

const token = app.get(JwtService).sign({ sub: me.id });
report(
  () => app.close(),
  [
    {
      name: 'NestJS, passport-jwt, TypeORM',
      path: '/me',
      headers: { authorization: `Bearer ${token}` },
    },
  ],
);
