// A kind of thing of the bench's own, marked as a team marks hers. Loaded before the application is made.
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { definePermissions } from '../../dist/access/permission-name.js';
import { Resource } from '../../dist/access/resource.js';
import { entities } from '../../dist/entities.js';

export const documents = definePermissions('bench', 'document');

export class Document {}
Entity('bench_documents')(Document);
PrimaryColumn('uuid')(Document.prototype, 'id');
Column('varchar')(Document.prototype, 'title');
Resource(documents)(Document);
entities.push(Document);
