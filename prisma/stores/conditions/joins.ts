import { Prisma } from '../../generated/client';

const { sql } = Prisma;

/** Left joins to the contact `c` that a condition asks for, none of which makes a row of one into two. */
export class Joins {
  private readonly named = new Map<string, Prisma.Sql>();

  /** Joins once what stands under this alias. */
  add(alias: string, what: Prisma.Sql): Prisma.Sql {
    const name = Prisma.raw(alias);
    if (!this.named.has(alias)) this.named.set(alias, sql`left join ${what} ${name} on ${name}.contact_id = c.id`);
    return name;
  }

  /** Joins it under an alias of its own. */
  addAnother(what: Prisma.Sql): Prisma.Sql {
    return this.add(`j${this.named.size}`, what);
  }

  all(): Prisma.Sql {
    return this.named.size === 0 ? Prisma.empty : Prisma.join([...this.named.values()], ' ');
  }
}
