import { invalidArgument } from "./status";

/** A resource name taken apart by its pattern (AIP-122). */
export interface ParsedName {
  readonly name: string;
  readonly id: string;
  /** Name of the object above; empty at the top. */
  readonly parent: string;
}

/** `nvmeSubsystems/{subsystem}/nvmeControllers/{controller}`: what names of one type look like. */
export class NamePattern {
  private readonly segments: readonly string[];
  readonly collection: string;

  constructor(readonly pattern: string) {
    this.segments = pattern.split("/");
    this.collection = this.segments.at(-2) ?? "";
  }

  /** The pattern of the object above; empty at the top. */
  get parentPattern(): string {
    return this.segments.slice(0, -2).join("/");
  }

  tryParse(name: string): ParsedName | undefined {
    const parts = name.split("/");
    const fits =
      parts.length === this.segments.length &&
      this.segments.every((segment, at) => (segment.startsWith("{") ? parts[at] !== "" : parts[at] === segment));
    if (!fits) return undefined;
    return { name, id: parts.at(-1) ?? "", parent: parts.slice(0, -2).join("/") };
  }

  parse(name: string, field: string): ParsedName {
    if (name === "") throw invalidArgument(`${field}: required, such as ${this.pattern}`);
    const parsed = this.tryParse(name);
    if (parsed === undefined)
      throw invalidArgument(`${field}: ${JSON.stringify(name)} does not look like ${this.pattern}`);
    return parsed;
  }

  format(parent: string, id: string): string {
    return parent === "" ? `${this.collection}/${id}` : `${parent}/${this.collection}/${id}`;
  }
}
