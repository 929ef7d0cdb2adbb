/** What everything can be asked for: adding one, changing, deleting, viewing it. */
export const ACTIONS = ['add', 'change', 'delete', 'view'] as const;

export type Action = (typeof ACTIONS)[number];

/** `catalog.change_product`: the room, what is done, to which kind of thing. */
export type PermissionName = `${string}.${string}_${string}`;

/** `catalog.product`: the room and the kind of thing. */
export type ResourceName = `${string}.${string}`;

/** The permissions of one kind of thing, as typed constants: a typo does not compile. */
export type PermissionSet<
  App extends string,
  Model extends string,
  Extra extends string = never,
> = {
  readonly [A in Action | Extra]: `${App}.${A}_${Model}`;
};

/** What the catalogue knows of a kind of thing. */
export interface ResourceSpec {
  readonly name: ResourceName;
  /** Action → permission. */
  readonly permissions: Readonly<Record<string, PermissionName>>;
  /** What it was called before: its permissions are renamed with it, and whoever holds them still does. */
  readonly formerly: ResourceName | undefined;
}

export interface PermissionOptions<Extra extends string> {
  /** Actions beside the four. */
  readonly extra?: readonly Extra[];
  readonly formerly?: ResourceName;
}

const WORD = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
/** A name has room for it in the table. */
const LONGEST = 150;

const resources = new Map<ResourceName, ResourceSpec>();
const ofPermission = new Map<string, ResourceSpec>();

/**
 * The permissions of one kind of thing, as typed constants, and with them its place in the catalogue: what is
 * defined is in the table of permissions when the server has started.
 *
 * @throws Error where a word is not in snake_case, or two definitions disagree.
 */
export function definePermissions<
  const App extends string,
  const Model extends string,
  const Extra extends string = never,
>(
  app: App,
  model: Model,
  { extra = [], formerly }: PermissionOptions<Extra> = {},
): PermissionSet<App, Model, Extra> {
  const actions = [...ACTIONS, ...extra];
  for (const word of [app, model, ...actions]) {
    if (!WORD.test(word)) throw new Error(`"${word}" is no word for a permission: use snake_case`);
  }
  const permissions = Object.freeze(
    Object.fromEntries(actions.map((action) => [action, `${app}.${action}_${model}`])),
  ) as PermissionSet<App, Model, Extra>;
  register({ name: `${app}.${model}`, permissions, formerly });
  return permissions;
}

function register(spec: ResourceSpec): void {
  if (resources.has(spec.name)) throw new Error(`"${spec.name}" is defined twice`);
  for (const name of Object.values(spec.permissions)) {
    const other = ofPermission.get(name);
    if (other) throw new Error(`"${name}" is a permission of "${other.name}" already`);
    if (name.length > LONGEST) throw new Error(`"${name}" is too long for a permission`);
  }
  resources.set(spec.name, spec);
  for (const name of Object.values(spec.permissions)) ofPermission.set(name, spec);
}

/** Every kind of thing that the loaded code defines. */
export const definedResources = (): readonly ResourceSpec[] => [...resources.values()];

/** The kind of thing that this permission is about; undefined: no code defines it. */
export const resourceOf = (permission: string): ResourceSpec | undefined =>
  ofPermission.get(permission);

/** Whether some code defines it. */
export const isDefined = (permission: string): permission is PermissionName =>
  ofPermission.has(permission);

/** Who may not even do this is not told that there is something. @throws UnknownPermission */
export function viewOf(permission: PermissionName): PermissionName {
  const view = known(permission).permissions['view'];
  if (view === undefined) throw new UnknownPermission(permission);
  return view;
}

/** @throws UnknownPermission */
export function known(permission: string): ResourceSpec {
  const resource = resourceOf(permission);
  if (resource === undefined) throw new UnknownPermission(permission);
  return resource;
}

/** A name that no code defines: a mistake of the programmer, and never just a "no". */
export class UnknownPermission extends Error {
  constructor(readonly permission: string) {
    super(`There is no permission "${permission}": define it with definePermissions()`);
    this.name = new.target.name;
  }
}
