import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { pagePolicy } from '../../common/http/page-policy.js';
import { STOP_FACTOR_RESET_PAGE } from './stop-factor-reset.page.js';

@ApiExcludeController()
@Public()
@Controller('stop-factor-reset')
export class StopFactorResetController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy(STOP_FACTOR_RESET_PAGE))
  page(): string {
    return STOP_FACTOR_RESET_PAGE.html;
  }
}
