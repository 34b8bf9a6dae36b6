import protobuf from "protobufjs/light.js";

const one = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: "repeated" });

/**
 * The parts of ONNX's protobuf format that a model without control flow has; numbers and names are those of onnx.proto. The decoder skips
 * all other fields.
 */
export const SCHEMA = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: one(1, "int64"),
        producerName: one(2, "string"),
        graph: one(7, "GraphProto"),
        opsetImport: many(8, "OperatorSetIdProto"),
      },
    },
    OperatorSetIdProto: { fields: { domain: one(1, "string"), version: one(2, "int64") } },
    GraphProto: {
      fields: {
        node: many(1, "NodeProto"),
        name: one(2, "string"),
        initializer: many(5, "TensorProto"),
        input: many(11, "ValueInfoProto"),
        output: many(12, "ValueInfoProto"),
        sparseInitializer: many(15, "bytes"),
      },
    },
    NodeProto: {
      fields: {
        input: many(1, "string"),
        output: many(2, "string"),
        name: one(3, "string"),
        opType: one(4, "string"),
        attribute: many(5, "AttributeProto"),
        domain: one(7, "string"),
      },
    },
    AttributeProto: {
      fields: {
        name: one(1, "string"),
        f: one(2, "float"),
        i: one(3, "int64"),
        s: one(4, "bytes"),
        t: one(5, "TensorProto"),
        floats: many(7, "float"),
        ints: many(8, "int64"),
        type: one(20, "int32"),
      },
    },
    TensorProto: {
      fields: {
        dims: many(1, "int64"),
        dataType: one(2, "int32"),
        floatData: many(4, "float"),
        int32Data: many(5, "int32"),
        int64Data: many(7, "int64"),
        name: one(8, "string"),
        rawData: one(9, "bytes"),
        dataLocation: one(14, "int32"),
      },
    },
    ValueInfoProto: { fields: { name: one(1, "string"), type: one(2, "TypeProto") } },
    TypeProto: { fields: { tensorType: one(1, "TensorTypeProto") } },
    TensorTypeProto: { fields: { elemType: one(1, "int32"), shape: one(2, "TensorShapeProto") } },
    TensorShapeProto: { fields: { dim: many(1, "DimensionProto") } },
    DimensionProto: { fields: { dimValue: one(1, "int64"), dimParam: one(2, "string") } },
  },
});

/** A `ModelProto` as {@link SCHEMA} decodes it: a field that the file lacks has its default. */
export interface ModelProto {
  graph: GraphProto | null;
  opsetImport: { domain: string; version: number }[];
}

export interface GraphProto {
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  sparseInitializer: Uint8Array[];
}

export interface NodeProto {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: AttributeProto[];
  domain: string;
}

export interface AttributeProto {
  name: string;
  f: number;
  i: number;
  s: Uint8Array;
  t: TensorProto | null;
  floats: number[];
  ints: number[];
  type: number;
}

export interface TensorProto {
  dims: number[];
  dataType: number;
  floatData: number[];
  int32Data: number[];
  int64Data: number[];
  name: string;
  rawData: Uint8Array;
  dataLocation: number;
}

export interface ValueInfoProto {
  name: string;
  type: {
    tensorType: {
      elemType: number;
      shape: { dim: { dimValue: number; dimParam: string }[] } | null;
    } | null;
  } | null;
}
