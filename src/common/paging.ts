import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy, ValidateIf } from 'class-validator';
import { validate as isUuid } from 'uuid';

const DEFAULT_LIMIT = 50;
export const MAX_LIMIT = 200;

/** Which part of a list is asked for. Page 10,000 costs what page 1 costs: a cursor is the last id of a page. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    description: 'At most this many.',
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    example: DEFAULT_LIMIT,
  })
  @ValidateIf((_, value) => value !== undefined)
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value,
  )
  @ValidateBy(
    {
      name: 'isLimit',
      validator: {
        validate: (value) => Number.isInteger(value) && value >= 1 && value <= MAX_LIMIT,
      },
    },
    {
      message: `It must be a whole number from 1 to ${String(MAX_LIMIT)}.`,
      context: { code: 'out_of_range', params: { min: 1, max: MAX_LIMIT } },
    },
  )
  limit?: number;

  @ApiPropertyOptional({
    description: '`nextCursor` of the page before.',
    example: 'AZOfXIwdfmCdO2ovHgxLfQ',
  })
  @ValidateIf((_, value) => value !== undefined)
  @ValidateBy(
    { name: 'isCursor', validator: { validate: isCursor } },
    { message: 'It must be a cursor of this list.', context: { code: 'invalid_cursor' } },
  )
  cursor?: string;
}

/** How a page says where the next one begins. */
export const NextCursorField = (): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    description: 'Ask for what follows with `?cursor=`; null: there is no more.',
    example: null,
  });

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** How many rows a query is to read: one more than is shown, which tells whether there are more. */
export const rowsFor = ({ limit = DEFAULT_LIMIT }: PageQuery): number => limit + 1;

/** The id after which the page begins; null: at the start. */
export const startOf = ({ cursor }: PageQuery): string | null =>
  cursor === undefined ? null : (idOf(cursor) ?? null);

/** The page that these rows, read with `rowsFor`, make. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  { limit = DEFAULT_LIMIT }: PageQuery,
): Page<T> {
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, nextCursor: last === undefined ? null : cursorOf(last.id) };
}

const cursorOf = (id: string): string =>
  Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');

export function isCursor(cursor: unknown): boolean {
  return idOf(cursor) !== undefined;
}

function idOf(cursor: unknown): string | undefined {
  if (typeof cursor !== 'string' || !/^[\w-]{22}$/.test(cursor)) return undefined;
  const hex = Buffer.from(cursor, 'base64url').toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUuid(id) ? id : undefined;
}
