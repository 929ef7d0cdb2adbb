import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { pagePolicy } from '../../common/http/page-policy.js';
import { KEEP_ACCOUNT_PAGE } from './keep-account.page.js';

@ApiExcludeController()
@Public()
@Controller('keep-account')
export class KeepAccountController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy(KEEP_ACCOUNT_PAGE))
  page(): string {
    return KEEP_ACCOUNT_PAGE.html;
  }
}
