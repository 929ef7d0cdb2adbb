import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../access/access.decorators.js';
import { pagePolicy } from '../../common/http/page-policy.js';
import {
  RESET_PASSWORD_PAGE,
  RESET_PASSWORD_SCRIPT,
  RESET_PASSWORD_STYLE,
} from './reset-password.page.js';

const POLICY = pagePolicy({ script: RESET_PASSWORD_SCRIPT, style: RESET_PASSWORD_STYLE });

@ApiExcludeController()
@Public()
@Controller('reset-password')
export class ResetPasswordController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', POLICY)
  page(): string {
    return RESET_PASSWORD_PAGE;
  }
}
