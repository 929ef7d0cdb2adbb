import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { pagePolicy } from '../../common/http/page-policy.js';
import { VERIFY_EMAIL_PAGE } from './verify-email.page.js';

@ApiExcludeController()
@Public()
@Controller('verify-email')
export class VerifyEmailController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy(VERIFY_EMAIL_PAGE))
  page(): string {
    return VERIFY_EMAIL_PAGE.html;
  }
}
