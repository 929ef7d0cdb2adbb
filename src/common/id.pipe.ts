import { Injectable, type PipeTransform } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { NotFound } from './failures.js';

/** An id in the address that no access rule has looked at. What is no id is 404: nothing has it. */
@Injectable()
export class IdPipe implements PipeTransform {
  transform(value: unknown): string {
    if (!isUuid(value)) throw new NotFound();
    return String(value).toLowerCase();
  }
}
