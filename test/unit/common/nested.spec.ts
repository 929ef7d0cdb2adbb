import { Failure } from '../../../src/common/failure.js';
import { Choice, Id } from '../../../src/common/fields.js';
import { Nested } from '../../../src/common/nested.js';
import { ListPipe, validated } from '../../../src/common/validation.js';

class OwnerDto {
  @Choice(['user', 'group'], { description: 'Its kind.' })
  type!: string;

  @Id({ description: 'Which.' })
  id!: string;
}

class ThingDto {
  @Nested(OwnerDto, { description: 'Whose.' })
  owner!: OwnerDto;

  @Nested(OwnerDto, { description: 'Whose else.', optional: true })
  other?: OwnerDto;
}

class BetterThingDto extends ThingDto {
  @Choice(['a'], { description: 'Grade.', optional: true })
  grade?: string;
}

const ID = '01939F5C-7B0A-7C3E-8A51-3F1D2C4B5A69';
const owner = { type: 'user', id: ID };

/** `field code` of every complaint. */
function complaints(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure && error.errors) {
      return error.errors.map(({ field, code }) => `${field} ${code}`);
    }
  }
  return [];
}

describe('An object within a body', () => {
  const refused = (value: unknown) => complaints(() => validated(BetterThingDto, value));

  it('is an instance of its own class', () => {
    const { owner: read, other } = validated(BetterThingDto, { owner });
    expect(read).toBeInstanceOf(OwnerDto);
    expect(read.id).toBe(ID.toLowerCase());
    expect(other).toBeUndefined();
  });

  it('is held against the rules of its class, by the path of the field', () => {
    expect(refused({ owner: { type: 'robot', id: '7', isSuperuser: true } })).toEqual([
      'owner.isSuperuser unknown_field',
      'owner.type invalid_choice',
      'owner.id invalid_id',
    ]);
    expect(refused({ owner, other: {} })).toEqual(['other.type required', 'other.id required']);
  });

  it.each([[[]], ['text'], [1], [true], [null], [[owner]]])('is not %p', (value) => {
    expect(refused({ owner: value })).toEqual(['owner invalid_type']);
  });

  it('is required unless it may be left out', () => {
    expect(refused({})).toEqual(['owner required']);
    expect(refused({ owner, other: null })).toEqual(['other invalid_type']);
  });
});

describe('A body that is a list', () => {
  const pipe = new ListPipe(ThingDto, 2);
  const refused = (value: unknown) => complaints(() => pipe.transform(value));

  it('is read item by item', () => {
    expect(pipe.transform([])).toEqual([]);
    expect(pipe.transform([{ owner }])[0]?.owner).toBeInstanceOf(OwnerDto);
  });

  it('names the place of what is wrong', () => {
    expect(refused([{ owner }, { owner: { type: 'user', id: 'x' }, more: 1 }])).toEqual([
      '1.more unknown_field',
      '1.owner.id invalid_id',
    ]);
    expect(refused([null, [owner]])).toEqual(['0 invalid_type', '1 invalid_type']);
  });

  it('is no object, and not longer than it may be', () => {
    expect(refused({ owner })).toEqual([' invalid_type']);
    expect(refused([{ owner }, { owner }, { owner }])).toEqual([' too_many']);
  });
});
