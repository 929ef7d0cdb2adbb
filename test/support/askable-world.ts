import type { PermissionName } from '../../src/access/permission-name.js';
import type { Principal } from '../../src/access/principal.js';
import { type Scope, Scopes } from '../../src/access/scopes.js';
import type { Page, PageQuery } from '../../src/common/paging.js';
import type { QuestionAbout } from '../../src/permissions/asking/question.js';
import type { Name, Who, World } from './naive-rights.js';
import { cursorAt, idAt, type SettledWorlds } from './settled-worlds.js';

/** Names of a world in the words of the server, and its answers in names. */
export class AskableWorld {
  constructor(
    private readonly settled: SettledWorlds,
    private readonly world: World,
  ) {}

  /** The names on all pages that are of this world. */
  async pages(
    limit: number,
    read: (page: PageQuery) => Promise<Page<{ readonly id: string }>>,
  ): Promise<Name[]> {
    const names: Name[] = [];
    let cursor: string | null = cursorAt(this.settled.before);
    while (cursor !== null) {
      const { items, nextCursor }: Page<{ readonly id: string }> = await read({ limit, cursor });
      names.push(...this.names(items.filter(({ id }) => this.settled.has(id))));
      const isPast = nextCursor !== null && idAt(nextCursor) > this.settled.after;
      cursor = isPast ? null : nextCursor;
    }
    return names;
  }

  names(items: readonly { readonly id: string }[]): Name[] {
    return items.map(({ id }) => this.settled.nameOf(id));
  }

  about(question: { who: Name; permission: PermissionName; object: Name | null }): QuestionAbout {
    const { who, permission, object } = question;
    return {
      subject: { type: who.startsWith('u') ? 'user' : 'group', id: this.settled.idOf(who) },
      permission,
      ...(object !== null && { objectId: this.settled.idOf(object) }),
    };
  }

  principal({ name, scopes }: Who): Principal {
    const { superuser = false } = this.world.users[Number(name.slice(1))] ?? {};
    return {
      user: { id: this.settled.idOf(name), isStaff: false, isSuperuser: superuser },
      via: 'session',
      methods: [],
      ...(scopes && { scopes: new Scopes(scopes.map((scope) => this.scopeOf(scope))) }),
    };
  }

  private scopeOf(text: string): Scope {
    const [permission, object] = text.split(':') as [PermissionName, Name?];
    return { permission, ...(object && { objectId: this.settled.idOf(object) }) };
  }
}
