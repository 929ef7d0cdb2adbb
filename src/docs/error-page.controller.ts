import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../access/access.decorators.js';
import { pagePolicy } from '../common/http/page-policy.js';
import { errorPage } from './error-page.js';

const { style } = errorPage();

@ApiExcludeController()
@Public()
@Controller('docs/errors')
export class ErrorPageController {
  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', pagePolicy({ style }))
  page(): string {
    return errorPage().html;
  }
}
