import type { AccessRule } from '../access/access-rule.js';

/** Something that can be called from outside. */
export interface Route {
  /** `GET`; of messages: the transport, `ws` or `rpc`. */
  readonly method: string;
  /** Of messages: their name. */
  readonly path: string;
  /** `ClassName.methodName`. */
  readonly handler: string;
  readonly rule: AccessRule | undefined;
}
