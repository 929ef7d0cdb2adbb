import * as fc from 'fast-check';
import { definePermissions, type PermissionName } from '../../../src/access/permission-name.js';
import { parseScope, type Scope, Scopes, scopeText } from '../../../src/access/scopes.js';

const Lamp = definePermissions('light', 'lamp');
const NAMES: readonly PermissionName[] = [Lamp.view, Lamp.change, Lamp.delete];
const IDS = ['1', '2', '3'].map((n) => `01a20fe4-eb58-7318-94ed-39849${n}d89eb2`);

const name = fc.constantFrom(...NAMES);
const id = fc.constantFrom(...IDS);
const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.record({ permission: name }),
  fc.record({ permission: name, objectId: id }),
);
const scopes = fc.array(scope, { maxLength: 6 });

/** As it can be said of one scope. */
const coversOne = ({ permission, objectId }: Scope, asked: PermissionName, on?: string) =>
  permission === asked && (objectId === undefined || objectId === on);

describe('Scopes', () => {
  it('cover what one of them does, and nothing else', () => {
    fc.assert(
      fc.property(scopes, name, fc.option(id, { nil: undefined }), (given, asked, on) => {
        const expected = given.some((each) => coversOne(each, asked, on));
        expect(new Scopes(given).covers(asked, on)).toBe(expected);
      }),
    );
  });

  it('name just the objects that they cover, where they do not cover all', () => {
    fc.assert(
      fc.property(scopes, name, (given, asked) => {
        const made = new Scopes(given);
        const objects = made.objectsOf(asked);
        expect(objects === undefined).toBe(made.covers(asked));
        expect(IDS.filter((each) => made.covers(asked, each))).toEqual(
          objects === undefined ? IDS : [...objects].sort(),
        );
        expect(made.mentions(asked)).toBe(objects === undefined || objects.length > 0);
      }),
    );
  });

  it('never cover less for one more, nor more than both of two', () => {
    fc.assert(
      fc.property(scopes, scopes, name, id, (some, more, asked, on) => {
        const [one, two, both] = [some, more, [...some, ...more]].map((each) => new Scopes(each));
        const either = one!.covers(asked, on) || two!.covers(asked, on);
        expect(both!.covers(asked, on)).toBe(either);
      }),
    );
  });

  it('are read as they are written', () => {
    fc.assert(
      fc.property(scope, (each) => {
        expect(parseScope(scopeText(each))).toEqual(each);
        expect(parseScope(scopeText(each).replace(/:.*/, (text) => text.toUpperCase()))).toEqual(
          each,
        );
      }),
    );
  });

  it.each([
    '',
    'light.view_lamps',
    'Light.view_lamp',
    ' light.view_lamp',
    'light.view_lamp:',
    'light.view_lamp:7',
    'light.view_lamp:*',
    `light.view_lamp:${IDS[0]!}:${IDS[1]!}`,
    `light.view_lamp:${IDS[0]!},${IDS[1]!}`,
    'light.*',
    '*',
    '__proto__',
  ])('are not to be read from %p', (text) => {
    expect(parseScope(text)).toBeUndefined();
  });
});
