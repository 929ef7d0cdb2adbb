import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { pagePolicy } from '../common/http/page-policy.js';
import { VERIFY_EMAIL_PAGE, VERIFY_EMAIL_SCRIPT, VERIFY_EMAIL_STYLE } from './verify-email.page.js';

const POLICY = pagePolicy({ script: VERIFY_EMAIL_SCRIPT, style: VERIFY_EMAIL_STYLE });

@ApiExcludeController()
@Public()
@Controller('verify-email')
export class VerifyEmailController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', POLICY)
  page(): string {
    return VERIFY_EMAIL_PAGE;
  }
}
