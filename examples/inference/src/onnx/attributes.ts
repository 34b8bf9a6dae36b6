import { oneLine } from "../../../shared/src/commandLine/oneLine.ts";
import { ModelError } from "./modelError.ts";
import type { AttributeProto, NodeProto } from "./schema.ts";
import { readTensor, type TensorData } from "./tensor.ts";

/** `AttributeProto.AttributeType`. */
const KINDS = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

/** Longest name that a node is shown with, characters. */
const MAX_NAME = 80;

/** A node in words, for errors and tables: `Conv "features.0"`. */
export const describeNode = ({ opType, name, output }: NodeProto): string =>
  `${oneLine(opType, MAX_NAME)} "${oneLine(name || output[0] || "", MAX_NAME)}"`;

/** What a node's attributes say. Each is asked for by name; {@link Attributes.end} refuses those that nobody asked for. */
export interface Attributes {
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  text(name: string, otherwise: string): string;
  ints(name: string, otherwise: readonly number[]): readonly number[];
  /** Constant nodes alone have one. */
  tensor(name: string): TensorData | undefined;
  has(name: string): boolean;
  /** Notes an attribute that makes no difference here. */
  ignore(...names: string[]): void;
  /** @throws {@link ModelError} that names an attribute which is not supported. */
  end(): void;
}

/** @throws {@link ModelError} when an attribute stands twice; the functions throw it when one is of another type. */
export function attributesOf(node: NodeProto): Attributes {
  const given = new Map<string, AttributeProto>();
  for (const attribute of node.attribute) {
    if (given.has(attribute.name)) {
      throw new ModelError(
        `${describeNode(node)} has its attribute ${attribute.name} twice: export the model again.`,
      );
    }
    given.set(attribute.name, attribute);
  }
  const asked = new Set<string>();
  function find(name: string, kind: keyof typeof KINDS): AttributeProto | undefined {
    asked.add(name);
    const attribute = given.get(name);
    // Files of IR version 1 give no type.
    if (attribute === undefined || attribute.type === 0 || attribute.type === KINDS[kind]) {
      return attribute;
    }
    throw new ModelError(
      `${describeNode(node)} has an attribute ${name} that is not ${kind}: export the model again.`,
    );
  }
  return {
    int: (name, otherwise) => find(name, "int")?.i ?? otherwise,
    float(name, otherwise) {
      const value = find(name, "float")?.f ?? otherwise;
      if (Number.isFinite(value)) return value;
      throw new ModelError(
        `${describeNode(node)} has an attribute ${name} that is ${value}: train or export the model again.`,
      );
    },
    text(name, otherwise) {
      const attribute = find(name, "string");
      return attribute === undefined ? otherwise : new TextDecoder().decode(attribute.s);
    },
    ints: (name, otherwise) => find(name, "ints")?.ints ?? otherwise,
    tensor(name) {
      const tensor = find(name, "tensor")?.t ?? undefined;
      return tensor && readTensor(tensor, `value of ${describeNode(node)}`);
    },
    has: (name) => given.has(name),
    ignore(...names) {
      for (const name of names) asked.add(name);
    },
    end() {
      const stray = [...given.keys()].find((name) => !asked.has(name));
      if (stray === undefined) return;
      throw new ModelError(
        `${describeNode(node)} has an attribute ${stray}, which is not supported: export the model without it.`,
      );
    },
  };
}
