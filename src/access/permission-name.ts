export type Action = 'add' | 'change' | 'delete' | 'view';

/** `catalog.change_product`: the room, what is done, to which kind of thing. */
export type PermissionName = `${string}.${string}_${string}`;

export interface PermissionSet<App extends string, Model extends string> {
  readonly add: `${App}.add_${Model}`;
  readonly change: `${App}.change_${Model}`;
  readonly delete: `${App}.delete_${Model}`;
  readonly view: `${App}.view_${Model}`;
}

/** The four permissions of one kind of thing, as typed constants: a typo does not compile. */
export function definePermissions<const App extends string, const Model extends string>(
  app: App,
  model: Model,
): PermissionSet<App, Model> {
  return Object.freeze({
    add: `${app}.add_${model}`,
    change: `${app}.change_${model}`,
    delete: `${app}.delete_${model}`,
    view: `${app}.view_${model}`,
  });
}
