import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { pagePolicy } from '../../common/http/page-policy.js';
import { CHANGE_EMAIL_PAGE, UNDO_EMAIL_CHANGE_PAGE } from './change-email.page.js';

@ApiExcludeController()
@Public()
@Controller()
export class ChangeEmailPagesController {
  @Get('change-email')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy(CHANGE_EMAIL_PAGE))
  confirm(): string {
    return CHANGE_EMAIL_PAGE.html;
  }

  @Get('undo-email-change')
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy(UNDO_EMAIL_CHANGE_PAGE))
  undo(): string {
    return UNDO_EMAIL_CHANGE_PAGE.html;
  }
}
