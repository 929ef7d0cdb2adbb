import { Controller, Get, Module, Param, Post } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  LoginRequired,
  RequireObjectPermission,
  RequirePermission,
  RequireTwoFactor,
} from '../../src/access/access.decorators.js';
import { definePermissions } from '../../src/access/permission-name.js';

export const Safe = definePermissions('bank', 'safe');
/** One of them. */
export const SAFE = '01a20fe4-eb58-7318-94ed-398494d89eb2';

@Controller('v1/safes')
class SafesController {
  @RequireTwoFactor()
  @Get()
  list(): { listed: true } {
    return { listed: true };
  }

  @RequireTwoFactor({ recent: true })
  @LoginRequired()
  @Post('turn')
  turn(): { turned: true } {
    return { turned: true };
  }

  @RequireTwoFactor()
  @RequirePermission(Safe.add)
  @Post()
  add(): { added: true } {
    return { added: true };
  }

  @RequireTwoFactor({ apiKeys: true })
  @RequirePermission(Safe.add)
  @Post('locks')
  locks(): { locked: true } {
    return { locked: true };
  }

  @RequirePermission(Safe.change)
  @Post('doors')
  doors(): { open: true } {
    return { open: true };
  }

  @RequirePermission([Safe.change, Safe.delete], { mode: 'any' })
  @Post('hinges')
  hinges(): { oiled: true } {
    return { oiled: true };
  }

  @RequirePermission([Safe.change, Safe.delete])
  @Post('walls')
  walls(): { fallen: true } {
    return { fallen: true };
  }

  @RequireTwoFactor()
  @RequireObjectPermission(Safe.view)
  @Get(':id')
  one(@Param('id') id: string): { id: string } {
    return { id };
  }

  @RequireObjectPermission(Safe.change)
  @Post(':id/doors')
  doorsOf(@Param('id') id: string): { id: string } {
    return { id };
  }
}

@RequireTwoFactor()
@LoginRequired()
@Controller('v1/vaults')
class VaultsController {
  @Get()
  list(): { listed: true } {
    return { listed: true };
  }

  @RequireTwoFactor()
  @MessagePattern('vault')
  say(): { said: true } {
    return { said: true };
  }
}

/** A team's routes that demand second factors: by themselves, or by what they permit. */
@Module({ controllers: [SafesController, VaultsController] })
export class BankModule {}
